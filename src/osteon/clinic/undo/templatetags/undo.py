"""What a message on a page can be taken back by."""

from __future__ import annotations

from django import template
from django.contrib.messages.storage.base import Message

register = template.Library()


@register.filter
def undo_id(message: Message) -> str:
    """The act that the message is about; empty where it cannot be taken back."""
    marks = (message.extra_tags or "").split()
    return next((mark.removeprefix("undo:") for mark in marks if mark.startswith("undo:")), "")
