"""What no contact of ours may say, in any tone: each with why. English and Spanish."""

CLAIMS: tuple[tuple[str, str], ...] = (
    (r"\b(?:we|they) (?:will|may|could|can) (?:sue|take you to court)\b", "a threat to sue (15 USC 1692e(5))"),
    (r"\b(?:law ?suit|legal action|take you to court)\b", "a threat to sue (15 USC 1692e(5))"),
    (r"(?<!no )\b(?:lo|la|le) (?:vamos a demandar|demandaremos)\b", "a threat to sue (15 USC 1692e(5))"),
    (r"\b(?:acción legal|acciones legales|llevar(?:lo|la)? a juicio)\b", "a threat to sue (15 USC 1692e(5))"),
    (r"\b(?:arrest\w*|jail|prison|criminal|police)\b", "a threat of arrest (15 USC 1692e(4))"),
    (r"\b(?:arrest\w*|cárcel|prisión|delito|policía)\b", "a threat of arrest (15 USC 1692e(4))"),
    (r"\b(?:garnish\w*|seiz\w+|repossess\w*|attach your)\b", "a threat to take property (15 USC 1692e(4))"),
    (r"\bembarg\w+\b", "a threat to take property (15 USC 1692e(4))"),
    (r"\b(?:final|last) (?:notice|warning|chance|opportunity)\b", "false urgency (15 USC 1692e(10))"),
    (r"\b(?:último aviso|última (?:oportunidad|advertencia))\b", "false urgency (15 USC 1692e(10))"),
    (
        r"\b(?:immediately|right now|act now|pay (?:now|today)|at once)\b",
        "overshadows the right to dispute (1006.38(b))",
    ),
    (
        r"\b(?:de inmediato|inmediatamente|ahora mismo|pague (?:ya|hoy))\b",
        "overshadows the right to dispute (1006.38(b))",
    ),
    (r"\b(?:must|have to) pay\b", "overshadows the right to dispute (1006.38(b))"),
    (r"\b(?:debe|tiene que) pagar\b", "overshadows the right to dispute (1006.38(b))"),
    (r"\bpay (?:with)?in \d+ (?:days|hours)\b", "overshadows the right to dispute (1006.38(b))"),
    (r"\bcredit (?:report|score|bureau)s?\b", "a threat to credit needs a person's decision (15 USC 1692e(8))"),
    (r"\b(?:historial|puntaje|informe) (?:de crédito|crediticio)\b", "a threat to credit needs a person's decision"),
    (
        r"\b(?:attorney|law firm|government|court|federal agency)\b",
        "looks as if it came from a court or lawyer (1692e(1), (3))",
    ),
    (r"\b(?:bufete|gobierno|tribunal|juzgado)\b", "looks as if it came from a court or lawyer (1692e(1), (3))"),
    (r"\b(?:shame|ashamed|deadbeat|irresponsible|vergüenza|moroso|irresponsable)\b", "abuse (15 USC 1692d(2))"),
    (
        r"https?://(?:[^\s/]*@|[^\s/]*xn--|\S*[^\s\x00-\x7f])\S*",
        "an address that looks like another: letters of other alphabets, or a name before the host",
    ),
    (r"\b(?:diagnosis|treatment|surgery|diagnóstico|tratamiento|cirugía)\b", "more than is needed of a medical debt"),
)
"""A pattern, and why it is refused."""

SUBJECT = ("debt", "collect", "past due", "overdue", "owe", "balance", "delinquent", "deuda", "cobr", "saldo", "vencid")
"""What no subject line may hold: the gate's own list, and its Spanish."""

DEBT = (
    *(r"\bdebt", r"\bcollect", r"\bowe", r"\bbalance\b", r"\bpay", r"\baccount", r"\bcreditor", r"\bdue\b"),
    *(r"\bdeud", r"\bcobr", r"\bdeb(?:e|a)\b", r"\bsaldo\b", r"\bpag", r"\bcuenta", r"\bacreedor", r"\bvenc"),
)
"""What a limited-content voicemail may not hold."""
