"""What all channels share: a channel's own folder says how its provider speaks, and nothing of how to send only once.

    approval ──► core/decide ──AttemptStarted──► sending ──► the provider
    callback ──► intake ──CallbackReceived──► core/decide ──► status, replies, opt-outs
    message  ──► hearing (who is at that address?) ──CallbackReceived──► core/decide

`core` is pure, and the only part that the cores of channels may import. docs/how-to/add-a-channel.md leads through it.
"""
