"""What languages are called: the codes used in this house, English names, ISO 639-2/T tags. Not who can speak them.

The codes are Whisper's 100 (ISO 639-1 where there is one; Javanese is "jw" there, Cantonese "yue", Hawaiian "haw").
"""

from __future__ import annotations

import difflib
from typing import NamedTuple

from dubbench.errors import Unsupported


class Language(NamedTuple):
    """`iso639_2` is the terminology code (ISO 639-2/T, or 639-3 where that has none), as media files carry it."""

    code: str
    name: str
    iso639_2: str


_TABLE = """
af Afrikaans afr|am Amharic amh|ar Arabic ara|as Assamese asm|az Azerbaijani aze|ba Bashkir bak|be Belarusian bel
bg Bulgarian bul|bn Bengali ben|bo Tibetan bod|br Breton bre|bs Bosnian bos|ca Catalan cat|cs Czech ces|cy Welsh cym
da Danish dan|de German deu|el Greek ell|en English eng|es Spanish spa|et Estonian est|eu Basque eus|fa Persian fas
fi Finnish fin|fo Faroese fao|fr French fra|gl Galician glg|gu Gujarati guj|ha Hausa hau|haw Hawaiian haw
he Hebrew heb|hi Hindi hin|hr Croatian hrv|ht Haitian_Creole hat|hu Hungarian hun|hy Armenian hye|id Indonesian ind
is Icelandic isl|it Italian ita|ja Japanese jpn|jw Javanese jav|ka Georgian kat|kk Kazakh kaz|km Khmer khm
kn Kannada kan|ko Korean kor|la Latin lat|lb Luxembourgish ltz|ln Lingala lin|lo Lao lao|lt Lithuanian lit
lv Latvian lav|mg Malagasy mlg|mi Maori mri|mk Macedonian mkd|ml Malayalam mal|mn Mongolian mon|mr Marathi mar
ms Malay msa|mt Maltese mlt|my Burmese mya|ne Nepali nep|nl Dutch nld|nn Nynorsk nno|no Norwegian nor|oc Occitan oci
pa Punjabi pan|pl Polish pol|ps Pashto pus|pt Portuguese por|ro Romanian ron|ru Russian rus|sa Sanskrit san
sd Sindhi snd|si Sinhala sin|sk Slovak slk|sl Slovenian slv|sn Shona sna|so Somali som|sq Albanian sqi|sr Serbian srp
su Sundanese sun|sv Swedish swe|sw Swahili swa|ta Tamil tam|te Telugu tel|tg Tajik tgk|th Thai tha|tk Turkmen tuk
tl Tagalog tgl|tr Turkish tur|tt Tatar tat|uk Ukrainian ukr|ur Urdu urd|uz Uzbek uzb|vi Vietnamese vie|yi Yiddish yid
yo Yoruba yor|zh Chinese zho|yue Cantonese yue
"""

LANGUAGES: dict[str, Language] = {
    code: Language(code, name.replace("_", " "), iso)
    for code, name, iso in (entry.split() for row in _TABLE.split("\n") for entry in row.split("|") if entry)
}
"""Every language of the house by its code."""

UNKNOWN = "und"
"""ISO 639-2 for a language nobody has told."""

# Other codes for the same: retired ones (ISO 639-1 changes of 1989), bibliographic ones (ISO 639-2/B), macrolanguages.
_ALIASES = {
    "jv": "jw", "nb": "no", "fil": "tl", "iw": "he", "in": "id", "ji": "yi", "mo": "ro", "cmn": "zh", "prs": "fa",
    "ger": "de", "fre": "fr", "dut": "nl", "gre": "el", "chi": "zh", "cze": "cs", "per": "fa", "rum": "ro", "slo": "sk",
    "alb": "sq", "arm": "hy", "baq": "eu", "bur": "my", "geo": "ka", "ice": "is", "mac": "mk", "mao": "mi", "may": "ms",
    "tib": "bo", "wel": "cy", "mandarin": "zh", "flemish": "nl", "castilian": "es", "valencian": "ca", "farsi": "fa",
}  # fmt: skip
_KNOWN = (
    {code: code for code in LANGUAGES}
    | {language.iso639_2: code for code, language in LANGUAGES.items()}
    | {language.name.lower(): code for code, language in LANGUAGES.items()}
    | _ALIASES
)


def normalise(language: str) -> str:
    """The house's code for a code, tag or English name: "pt-BR", "por" and "Portuguese" are all "pt".

    Raises Unsupported for what is none, listing close matches.
    """
    asked = language.strip().lower()
    code = _KNOWN.get(asked) or _KNOWN.get(asked.replace("_", "-").partition("-")[0])
    if code is None:
        raise Unsupported(f"'{language}' is not a language known here; {_close(asked)}")
    return code


def _close(asked: str) -> str:
    found = dict.fromkeys(_KNOWN[word] for word in difflib.get_close_matches(asked, _KNOWN, n=4, cutoff=0.6))
    if not found:
        return f"give one of these codes: {', '.join(sorted(LANGUAGES))}"
    return "did you mean " + " or ".join(f"{code} ({LANGUAGES[code].name})" for code in found) + "?"


def name(language: str) -> str:
    """The English name: "Portuguese" for "pt"; "Undetermined" for "und". Raises Unsupported."""
    return "Undetermined" if language == UNKNOWN else LANGUAGES[normalise(language)].name


def iso639_2(language: str) -> str:
    """The tag that media files carry: "por" for "pt"; "und" stays. Raises Unsupported."""
    return UNKNOWN if language == UNKNOWN else LANGUAGES[normalise(language)].iso639_2
