"""A view that is not there: what a widget would send to it, and what it would send back."""

import pytest


class Wire:
    """Collects what a widget sends, and speaks to it as a page would."""

    def __init__(self, widget):
        self.widget, self.messages = widget, []
        widget._send = lambda message, buffers=None: self.messages.append((message, list(buffers or [])))

    def say(self, **content):
        self.widget._handle_custom_msg(content, [])
        return self

    def ready(self):
        return self.say(type="ready")

    def told(self, kind):
        """Return (content, buffers) of every custom message of one type."""
        return [
            (message["content"], buffers)
            for message, buffers in self.messages
            if message["method"] == "custom" and message["content"]["type"] == kind
        ]

    @property
    def errors(self):
        return [content["text"] for content, _ in self.told("error")]

    def resent(self, name):
        """Return the values of a trait that were sent to the page, oldest first."""
        states = [message["state"] for message, _ in self.messages if message["method"] == "update"]
        return [state[name] for state in states if name in state]


@pytest.fixture
def wire():
    return Wire
