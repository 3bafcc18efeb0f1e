"""Short utterances that small translation models get wrong, and what people say instead. Data and one look-up.

A Bergamot model asked for a bare "Thank you." answered "Obrigado por enviar uma edição." and for "Sim." "Yes, I's.";
whole sentences are unharmed. The words are our own; Portuguese is Brazilian, as the model's is.
"""

from __future__ import annotations

import re

_EN_PT = """
yes: sim | yeah: sim | yep: sim | yup: sim | no: não | nope: não | nah: não | no no: não, não | yes yes: sim, sim
okay: está bem | ok: está bem | all right: está bem | alright: está bem | sure: claro | of course: claro
thanks: obrigado | thank you: obrigado | thanks a lot: muito obrigado | thank you so much: muito obrigado
thank you very much: muito obrigado | many thanks: muito obrigado | you're welcome: de nada | hi all: oi, pessoal
thank you guys: obrigado, pessoal | no problem: sem problema | please: por favor | sorry: desculpe
i'm sorry: desculpe | excuse me: com licença | pardon me: perdão | hi: oi | hey: ei | hello: olá | hi there: olá
hello everyone: olá a todos | hi everyone: oi, pessoal | bye: tchau | bye bye: tchau, tchau | goodbye: adeus
see you: até logo | see you later: até mais tarde | see you soon: até logo | see you next time: até a próxima
take care: cuide-se | good morning: bom dia | good afternoon: boa tarde | good evening: boa noite
good night: boa noite | welcome: bem-vindos | welcome back: bem-vindos de volta | congratulations: parabéns
congrats: parabéns | cheers: saúde | ladies and gentlemen: senhoras e senhores | come on: vamos lá | let's go: vamos
here we go: vamos lá | what?: o quê? | why?: por quê? | how?: como? | who?: quem? | where?: onde? | when?: quando?
really?: sério? | what's up?: e aí? | how are you?: como você está? | how are you doing?: como você está?
right?: certo? | how come?: como assim? | so?: e daí? | what about you?: e você? | and you?: e você?
are you sure?: tem certeza? | great: ótimo | cool: legal | nice: legal | good: bom | very good: muito bem
fine: tudo bem | wow: uau | awesome: incrível | amazing: incrível | perfect: perfeito | excellent: excelente
exactly: exatamente | right: certo | that's right: isso mesmo | correct: correto | indeed: de fato | true: é verdade
absolutely: com certeza | definitely: com certeza | certainly: certamente | got it: entendi | i see: entendo
i got it: entendi | same here: eu também | me too: eu também | me neither: nem eu | no way: de jeito nenhum
not at all: de modo nenhum | not really: na verdade, não | i don't know: não sei | i know: eu sei | you know: sabe
i mean: quer dizer | anyway: enfim | well: bem | so: então | uh-huh: aham | mm-hmm: aham | uh huh: aham | uh: ã
um: ã | er: ã | oh: ah | oh my god: meu Deus | oh my gosh: nossa | help: socorro | wait: espere | stop: pare | go: vá
be careful: cuidado | watch out: cuidado | look: olhe | listen: escute | hurry up: depressa | shut up: cale a boca
good luck: boa sorte | bless you: saúde | happy birthday: feliz aniversário | i love you: eu te amo
never mind: deixa para lá | that's it: é isso | that's all: isso é tudo | there you go: aí está
"""
_PT_EN = """
sim: yes | não: no | não não: no, no | sim sim: yes, yes | sim obrigado: yes, thank you | sim obrigada: yes, thank you
não obrigado: no, thank you | não obrigada: no, thank you | claro: of course | está bem: okay | tá bom: okay
tá: okay | tudo bem: all right | tudo bem?: how are you? | tudo bom?: how are you? | ok: okay | obrigado: thank you
obrigada: thank you | muito obrigado: thank you very much | muito obrigada: thank you very much | valeu: thanks
graças: thanks | de nada: you're welcome | por favor: please | desculpe: sorry | desculpa: sorry
com licença: excuse me | perdão: pardon me | oi: hi | olá: hello | tchau: bye | adeus: goodbye
até logo: see you later | até mais: see you | até amanhã: see you tomorrow | bom dia: good morning
bons dias: good morning | boa tarde: good afternoon | boas tardes: good afternoon | boa noite: good night
boas noites: good evening | bem-vindo: welcome | bem-vinda: welcome | bem-vindos: welcome | parabéns: congratulations
socorro: help | cuidado: be careful | espera: wait | espere: wait | vamos: let's go | vamos lá: come on
o quê?: what? | que?: what? | por quê?: why? | por que?: why? | como?: how? | quem?: who? | onde?: where?
quando?: when? | quanto?: how much? | sério?: really? | verdade?: really? | né?: right? | certo?: right?
certo: right | pronto: done | perfeito: perfect | ótimo: great | legal: cool | que bom: how nice | que bem: how nice
muito bem: very good | exato: exactly | exatamente: exactly | isso: that's right | isso mesmo: exactly
com certeza: definitely | é verdade: that's true | é: yes | pois é: that's right | ah: ah | bem: well | bom: well
então: so | enfim: anyway | sei: I know | não sei: I don't know | entendi: I see | entendo: I see | eu também: me too
nem eu: me neither | de jeito nenhum: no way | meu deus: my God | nossa: wow | uau: wow | aham: uh-huh
e aí?: what's up? | como vai?: how are you? | como está?: how are you? | como você está?: how are you?
e você?: and you? | boa sorte: good luck | eu te amo: I love you | saúde: cheers
senhoras e senhores: ladies and gentlemen | vale: okay | mas: but | e: and | bons dias a todos: good morning, everyone
bom dia a todos: good morning, everyone | olá a todos: hello, everyone
"""
_PT_ES = """
sim: sí | não: no | claro: claro | está bem: está bien | tudo bem: está bien | tudo bem?: ¿todo bien?
obrigado: gracias | obrigada: gracias | muito obrigado: muchas gracias | muito obrigada: muchas gracias
sem problema: no hay problema | de nada: de nada | desculpe: perdón | com licença: disculpe | oi: hola | ei: eh
olá: hola | olá a todos: hola a todos | oi pessoal: hola a todos | tchau: adiós | tchau tchau: adiós
até logo: hasta luego | até a próxima: hasta la próxima | bom dia: buenos días | boa tarde: buenas tardes
boa noite: buenas noches | bem-vindos: bienvenidos | parabéns: felicidades | bem-vindos de volta: bienvenidos de nuevo
senhoras e senhores: señoras y señores | vamos lá: vamos | o quê?: ¿qué? | por quê?: ¿por qué? | como?: ¿cómo?
quem?: ¿quién? | onde?: ¿dónde? | quando?: ¿cuándo? | sério?: ¿en serio? | e aí?: ¿qué tal?
como você está?: ¿cómo está usted? | certo?: ¿verdad? | e daí?: ¿y qué? | e você?: ¿y usted?
tem certeza?: ¿está seguro? | ótimo: estupendo | legal: genial | uau: guau | certo: de acuerdo | isso mesmo: eso es
com certeza: sin duda | entendi: ya veo | entendo: ya veo | eu também: yo también | nem eu: yo tampoco
não sei: no lo sé | de jeito nenhum: de ninguna manera | meu deus: Dios mío | nossa: vaya | sabe: sabe
quer dizer: quiero decir | enfim: en fin | aham: ajá | ã: eh | espere: espere | cuidado: cuidado
boa sorte: buena suerte | feliz aniversário: feliz cumpleaños | eu te amo: te quiero | é isso: eso es todo
isso é tudo: eso es todo | é verdade: es verdad | saúde: salud
"""


def _table(text: str) -> dict[str, str]:
    pairs = (entry.split(":", 1) for entry in re.split(r"[|\n]", text) if ":" in entry)
    return {source.strip(): target.strip() for source, target in pairs}


_ES_PT = {re.sub(r"[¿¡]", "", es): pt for pt, es in reversed(_table(_PT_ES).items())} | _table(
    "vale: está bem | gracias: obrigado | muchas gracias: muito obrigado | hola: oi | hola a todos: olá a todos | "
    "buenos días a todos: bom dia a todos | qué bien: que bom | adiós: tchau | bueno: bem | de acuerdo: está bem | "
    "lo siento: desculpe | disculpe: com licença | por supuesto: claro | no sé: não sei | no lo sé: não sei"
)
_PAIRS = {"en-pt": _table(_EN_PT), "pt-en": _table(_PT_EN), "pt-es": _table(_PT_ES), "es-pt": _ES_PT}


_CALLED = {
    "en-pt": _table(
        "guys: pessoal | everyone: pessoal | everybody: pessoal | folks: pessoal | all: pessoal | dude: cara | "
        "man: cara | buddy: amigo | my friend: meu amigo | sir: senhor | ma'am: senhora | mom: mãe | dad: pai"
    ),
    "pt-en": _table("pessoal: everyone | gente: everyone | cara: man | amigo: my friend | senhor: sir"),
    "pt-es": _table("pessoal: a todos | cara: amigo | amigo: amigo | meu amigo: amigo mío | senhor: señor"),
}
"""Whom one speaks to, after a phrase."""

_CALL = re.compile(r"(.+?)(?:,\s*|\s+(?=[A-Z]))([\w'’.]+(?:\s[\w'’]+)?)([.!?…]*)$")


def known(sentence: str, pair: str) -> str | None:
    """The usual translation of a short utterance, with its own ending and capital; None when none is known.

    "Thank you!" -> "Obrigado!"; who is spoken to may follow: "Thank you, Matt." -> "Obrigado, Matt." A question is
    looked up with its mark, for "Right?" is not "Right.".
    """
    found = _looked_up(sentence, pair)
    call = _CALL.match(sentence)
    if found is not None or call is None:
        return found
    head, whom, ending = call.groups()
    named = whom if whom.istitle() else _CALLED.get(pair, {}).get(whom.lower())
    phrase = _looked_up(head + ending, pair)
    if named is None or phrase is None:
        return None
    closing = re.search(r"[.!?…]*$", phrase)
    assert closing is not None
    return f"{phrase[: closing.start()]}, {named}{closing[0]}"


def _looked_up(sentence: str, pair: str) -> str | None:
    table = _PAIRS.get(pair, {})
    core = re.sub(r"[\"“”«»¿¡]", "", sentence.replace("’", "'")).strip().lower()
    match = re.fullmatch(r"(.*?)\s*([.!?…,;:]*)", core, re.DOTALL)
    assert match is not None
    said, ending = match[1].replace(",", ""), match[2]
    found = table.get(said + "?") if "?" in ending else table.get(said)
    if found is None:
        return None
    found = found.removesuffix("?") + ending
    if "!" in ending and pair.endswith("-es") and not found.startswith(("¿", "¡")):
        found = "¡" + found
    return found if sentence.lstrip('¿¡"')[:1].islower() else _capital(found)


def _capital(text: str) -> str:
    at = next((i for i, char in enumerate(text) if char.isalpha()), 0)
    return text[:at] + text[at].upper() + text[at + 1 :]


__all__ = ["known"]
