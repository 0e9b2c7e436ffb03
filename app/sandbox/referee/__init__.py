"""A neutral judge of messages, written from the documents alone.

It shares no code with either side it judges: not with the gateways, not with the training
platform beside it, only ciphers and profiles (architecture 14, decision 0021).
"""
