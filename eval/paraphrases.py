"""English lines as films have them, each with a Portuguese translation and one that says the same shorter.

Written by hand, to measure what guards keep. Pairs by turns are for choosing thresholds and for the figures.
"""

from __future__ import annotations

PARAPHRASES: tuple[tuple[str, str, str], ...] = (
    (
        "I think we should leave before it gets dark.",
        "Eu penso que nós deveríamos partir antes que escureça.",
        "Acho que devíamos ir antes de escurecer.",
    ),
    ("He is going to call you tomorrow morning.", "Ele vai te telefonar amanhã de manhã.", "Ele te liga amanhã cedo."),
    (
        "I have never seen anything like this in my life.",
        "Eu nunca vi nada como isto em toda a minha vida.",
        "Nunca vi nada assim na vida.",
    ),
    (
        "Do you remember the first time we met?",
        "Você se lembra da primeira vez em que nós nos encontramos?",
        "Lembra da primeira vez que nos vimos?",
    ),
    (
        "My brother works in a small shop near the station.",
        "O meu irmão trabalha em uma pequena loja próxima à estação.",
        "Meu irmão trabalha numa lojinha perto da estação.",
    ),
    (
        "We have to finish this report by Friday.",
        "Nós temos que terminar este relatório até sexta-feira.",
        "Temos que acabar o relatório até sexta.",
    ),
    (
        "She did not want to tell her mother the truth.",
        "Ela não queria contar a verdade para a mãe dela.",
        "Ela não quis contar a verdade à mãe.",
    ),
    (
        "Can you help me carry these boxes upstairs?",
        "Você pode me ajudar a carregar estas caixas para o andar de cima?",
        "Me ajuda a levar estas caixas lá pra cima?",
    ),
    (
        "There is something strange about that house.",
        "Há alguma coisa estranha a respeito daquela casa.",
        "Há algo estranho naquela casa.",
    ),
    (
        "I am sorry, but I cannot stay any longer.",
        "Eu sinto muito, mas não posso ficar por mais tempo.",
        "Desculpe, mas não posso ficar mais.",
    ),
    (
        "The meeting will take place at nine in the morning.",
        "A reunião vai acontecer às nove horas da manhã.",
        "A reunião será às nove da manhã.",
    ),
    (
        "If you need anything, just let me know.",
        "Se você precisar de alguma coisa, basta me avisar.",
        "Se precisar de algo, me avise.",
    ),
    (
        "They lived in Lisbon for ten years before they came here.",
        "Eles viveram em Lisboa durante dez anos antes de virem para cá.",
        "Viveram dez anos em Lisboa antes de vir pra cá.",
    ),
    (
        "I would like a glass of water, please.",
        "Eu gostaria de um copo de água, por favor.",
        "Quero um copo d'água, por favor.",
    ),
    (
        "You should have told me that you were coming.",
        "Você deveria ter me dito que estava vindo.",
        "Devia ter dito que vinha.",
    ),
    (
        "The doctor said that I need to rest for two weeks.",
        "O médico disse que eu preciso descansar durante duas semanas.",
        "O médico disse que preciso descansar duas semanas.",
    ),
    (
        "It was raining so hard that we could not see the road.",
        "Estava chovendo tão forte que nós não conseguíamos ver a estrada.",
        "Chovia tanto que não víamos a estrada.",
    ),
    (
        "Why did you take the money without asking?",
        "Por que você pegou o dinheiro sem pedir permissão?",
        "Por que pegou o dinheiro sem pedir?",
    ),
    (
        "This is the best coffee in the whole city.",
        "Este é o melhor café que existe em toda a cidade.",
        "É o melhor café da cidade toda.",
    ),
    (
        "I used to play football every Saturday.",
        "Eu costumava jogar futebol todos os sábados.",
        "Eu jogava futebol todo sábado.",
    ),
    (
        "Nobody told us that the museum was closed.",
        "Ninguém nos disse que o museu estava fechado.",
        "Ninguém avisou que o museu estava fechado.",
    ),
    (
        "We are looking for a place to stay tonight.",
        "Nós estamos procurando um lugar para ficar esta noite.",
        "Procuramos um lugar pra ficar hoje à noite.",
    ),
    (
        "He gave me this book when I was a child.",
        "Ele me deu este livro quando eu era uma criança.",
        "Ele me deu este livro quando eu era criança.",
    ),
    (
        "You have to turn left after the bridge.",
        "Você tem que virar à esquerda depois da ponte.",
        "Vire à esquerda após a ponte.",
    ),
    (
        "I don't understand what you are talking about.",
        "Eu não entendo do que você está falando.",
        "Não entendo do que está falando.",
    ),
    (
        "The police are still looking for the driver.",
        "A polícia ainda está à procura do motorista.",
        "A polícia ainda procura o motorista.",
    ),
    (
        "Let me show you how the machine works.",
        "Deixe-me mostrar a você como a máquina funciona.",
        "Vou mostrar como a máquina funciona.",
    ),
    (
        "It is too late to change the plan now.",
        "É tarde demais para mudar o plano agora.",
        "Já é tarde pra mudar o plano.",
    ),
    (
        "She speaks three languages and plays the piano.",
        "Ela fala três idiomas e toca o piano.",
        "Ela fala três línguas e toca piano.",
    ),
    (
        "At the end of the day we were all very tired.",
        "No final do dia, todos nós estávamos muito cansados.",
        "No fim do dia, estávamos todos cansadíssimos.",
    ),
    (
        "Could you open the window a little bit?",
        "Você poderia abrir a janela um pouquinho?",
        "Pode abrir um pouco a janela?",
    ),
    (
        "The film that we saw yesterday was very boring.",
        "O filme que nós assistimos ontem foi muito chato.",
        "O filme que vimos ontem foi bem chato.",
    ),
    (
        "I am not sure whether he will accept the offer.",
        "Eu não tenho certeza se ele vai aceitar a oferta.",
        "Não sei se ele aceitará a oferta.",
    ),
    (
        "Most people do not know where their food comes from.",
        "A maioria das pessoas não sabe de onde vem a sua comida.",
        "A maioria não sabe de onde vem sua comida.",
    ),
    (
        "We made a decision to sell the farm.",
        "Nós tomamos a decisão de vender a fazenda.",
        "Decidimos vender a fazenda.",
    ),
    (
        "The price has gone up since last year.",
        "O preço tem aumentado desde o ano passado.",
        "O preço subiu desde o ano passado.",
    ),
    (
        "Be careful, the floor is wet and slippery.",
        "Tenha cuidado, o chão está molhado e escorregadio.",
        "Cuidado, o chão está molhado e escorregadio.",
    ),
    (
        "My parents are coming to visit us next week.",
        "Os meus pais vão vir nos visitar na próxima semana.",
        "Meus pais vêm nos visitar semana que vem.",
    ),
    (
        "I had forgotten how beautiful this beach is.",
        "Eu tinha me esquecido de como esta praia é bonita.",
        "Tinha esquecido como esta praia é bonita.",
    ),
    (
        "Everything happened in less than five minutes.",
        "Tudo aconteceu em menos de cinco minutos.",
        "Foi tudo em menos de cinco minutos.",
    ),
)
