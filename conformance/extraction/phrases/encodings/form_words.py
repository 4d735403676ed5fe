"""The shape of a language's words for the form of a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping


class FormWords(Struct, frozen=True):
    """How one language says in which form a value is written.

    Attributes:
        json: The value is JSON.
        another: Words beside it that make it the JSON of something else: an answer, a file.
        json_list: The JSON is a list.
        list_word: The value is a list, in whichever form.
        json_object: The JSON is an object.
        commas: Several values are one text, with commas between them.
        other_marks: Several values are one text, with another mark between them.
        each: A rule of one item, not of the whole text.
        member_type: What a member's own words call its type, in the group `type`.
        types: The words of `member_type` that are those of this language alone, each as a table of parameters has it.
        required: A member must be there.
        optional: A member need not be there.
    """

    json: re.Pattern[str]
    another: re.Pattern[str]
    json_list: re.Pattern[str]
    list_word: re.Pattern[str]
    json_object: re.Pattern[str]
    commas: re.Pattern[str]
    other_marks: re.Pattern[str]
    each: re.Pattern[str]
    member_type: re.Pattern[str]
    types: Mapping[str, str]
    required: re.Pattern[str]
    optional: re.Pattern[str]
