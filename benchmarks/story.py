"""What the benchmarks say: written for them, rich in p, b and m."""

TEN_SECONDS = (
    "My grandmother kept a small blue notebook by the window. Every morning she wrote one sentence about the weather, "
    "and one about somebody she missed. When I read it now, I can hear her voice."
)

BILABIALS = (
    "Bob's mom put a map by the pump. Maybe Pam brought more bamboo, but my pumpkin pie became a problem, "
    "so we pumped up the big purple balloon and waved at the moon."
)

PARAGRAPH = (
    "The boat left before breakfast. Nobody had slept much, because the wind had been shaking the shutters all night "
    "long. On deck, a boy with a paper bag of plums asked the captain how deep the water was. Deep enough, said the "
    "captain, and pointed at a bird that was flying beside us. We watched it for an hour. By then the island was only "
    "a thin grey line, and somebody had begun to sing. "
)
