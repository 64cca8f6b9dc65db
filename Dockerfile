# One image for each service: docker build --build-arg SERVICE=sms .
# and one for what people run (topics, simulator): docker build --target counterpoint .
FROM python:3.11-slim AS base
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PYTHONPATH=/app
WORKDIR /app
COPY requirements.lock .
# The lock is the one of development too: an image runs exactly what the tests ran.
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
RUN useradd --system --uid 10001 --no-create-home counterpoint && mkdir /data && chown counterpoint /data
COPY contracts contracts
COPY chassis chassis
COPY schemas schemas
COPY templates templates

FROM base AS counterpoint
COPY counterpoint counterpoint
USER counterpoint
WORKDIR /data
ENTRYPOINT ["python", "-P", "-m"]

FROM base AS service
ARG SERVICE
ENV SERVICE=${SERVICE}
COPY services/__init__.py services/__init__.py
COPY services/${SERVICE} services/${SERVICE}
USER counterpoint
# Services write only here; -P keeps it off the path of modules.
WORKDIR /data
VOLUME /data
CMD ["sh", "-c", "exec python -P -m services.$SERVICE"]
