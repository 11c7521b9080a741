"""The way back in: what people say on our pages arrives here, what we answer leaves from here. See README.md."""
