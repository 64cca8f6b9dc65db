"""Twilio's calls, simulated: placed by its API, led by our TwiML, answered by people who keep to a script."""
