"""Write ``numbers.csv``: the numbers below 1,000 in English and in German.

A small language of its own, in which the order of words differs (forty-two, zweiundvierzig).

Run: ``python workflows/data/numbers.py``
"""

from __future__ import annotations

from pathlib import Path

WORDS = {
    "english": "zero one two three four five six seven eight nine ten eleven twelve thirteen "
    "fourteen fifteen sixteen seventeen eighteen nineteen",
    "english tens": "twenty thirty forty fifty sixty seventy eighty ninety",
    "german": "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn "
    "vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn",
    "german tens": "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
}
ENGLISH, ENGLISH_TENS, GERMAN, GERMAN_TENS = (words.split() for words in WORDS.values())


def english(number: int) -> str:
    """Return a number below 1,000 in English words."""
    hundreds, rest = divmod(number, 100)
    if hundreds:
        return f"{ENGLISH[hundreds]} hundred" + (f" and {english(rest)}" if rest else "")
    if number < len(ENGLISH):
        return ENGLISH[number]
    tens, ones = divmod(number, 10)
    return ENGLISH_TENS[tens - 2] + (f"-{ENGLISH[ones]}" if ones else "")


def german(number: int) -> str:
    """Return a number below 1,000 as a German word."""
    hundreds, rest = divmod(number, 100)
    if hundreds:
        return f"{_joined(hundreds)}hundert" + (german(rest) if rest else "")
    if number < len(GERMAN):
        return GERMAN[number]
    tens, ones = divmod(number, 10)
    return (f"{_joined(ones)}und" if ones else "") + GERMAN_TENS[tens - 2]


def _joined(digit: int) -> str:
    """Return a digit as it stands before another part of a word."""
    return "ein" if digit == 1 else GERMAN[digit]


def main() -> None:
    """Write the table beside this file."""
    rows = [f"{english(number)},{german(number)}\n" for number in range(1000)]
    path = Path(__file__).with_name("numbers.csv")
    path.write_text("english,german\n" + "".join(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
