"""What short forms are read as: knowledge of the text normaliser, as tables.

Sources: the CLDR short forms for units, currencies and months; titles and Latin abbreviations as in
the Oxford and Merriam-Webster lists of abbreviations; common practice of English news readers.
"""

from __future__ import annotations

# Read so wherever they stand; the dot is part of the abbreviation. Keys in lower case.
ABBREVIATIONS = {
    "dr.": "Doctor", "mr.": "Mister", "mrs.": "Missus", "ms.": "Miz", "prof.": "Professor", "st.": "Saint",
    "jr.": "Junior", "sr.": "Senior", "rev.": "Reverend", "gen.": "General", "gov.": "Governor", "sen.": "Senator",
    "rep.": "Representative", "capt.": "Captain", "lt.": "Lieutenant", "col.": "Colonel", "sgt.": "Sergeant",
    "hon.": "Honorable", "pres.": "President", "mt.": "Mount", "ft.": "Fort",
    "e.g.": "for example", "i.e.": "that is", "etc.": "et cetera", "vs.": "versus", "cf.": "compare",
    "approx.": "approximately", "dept.": "department", "est.": "established", "inc.": "Incorporated",
    "ltd.": "Limited", "corp.": "Corporation", "bros.": "Brothers", "ave.": "Avenue", "blvd.": "Boulevard",
    "rd.": "Road", "fig.": "figure", "vol.": "volume", "pp.": "pages", "al.": "al", "ed.": "edition",
    "eg": "for example", "ie": "that is", "etc": "et cetera", "vs": "versus", "mr": "Mister", "mrs": "Missus",
    "dr": "Doctor", "w/": "with", "w/o": "without", "b/c": "because", "ok": "okay", "o.k.": "okay", "okay": "okay",
    "tv": "T V", "a.m.": "A M", "p.m.": "P M", "ph.d.": "P H D", "phd": "P H D", "aka": "A K A", "asap": "A S A P",
    "ph. d.": "P H D", "ph.d": "P H D", "c#": "C sharp", "f#": "F sharp",
    "diy": "D I Y", "faq": "F A Q", "rsvp": "R S V P", "ceo": "C E O",
}  # fmt: skip

# Only in front of a number.
BEFORE_NUMBER = {
    "no.": "number", "nos.": "numbers", "nr.": "number", "p.": "page", "pp.": "pages", "ch.": "chapter",
    "sec.": "section", "fig.": "figure", "vol.": "volume", "art.": "article", "c.": "circa", "ca.": "circa",
    "#": "number", "№": "number",
}  # fmt: skip

# After a capitalised word: a street; before one: a saint (above).
AFTER_NAME = {"st.": "Street", "dr.": "Drive", "ft.": "feet"}

MONTHS = "January February March April May June July August September October November December".split()
MONTH_SHORT = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9, "oct": 10, "nov": 11,
    "dec": 12,
}  # fmt: skip
WEEKDAY_SHORT = {
    "mon.": "Monday", "tue.": "Tuesday", "tues.": "Tuesday", "wed.": "Wednesday", "thu.": "Thursday",
    "thur.": "Thursday", "thurs.": "Thursday", "fri.": "Friday",
}  # fmt: skip

YEAR_AFTER = frozenset(
    "in since by until till from to of before after around circa about year between and during early mid late "
    "spring summer autumn fall winter".split()
)
"""Words after which four digits are a year even when a plain noun follows."""

COUNTED = frozenset(
    "people men women children years days hours minutes times dollars pounds euros miles words pages items points "
    "copies members votes students soldiers units tons cars homes jobs".split()
)
"""Nouns that are counted: four digits before one are a number, not a year."""

# Unit after a number: (singular, plural). Keys are tried as written first, then in lower case.
UNITS = {
    "kg": ("kilogram", "kilograms"), "g": ("gram", "grams"), "mg": ("milligram", "milligrams"),
    "µg": ("microgram", "micrograms"), "lb": ("pound", "pounds"), "lbs": ("pound", "pounds"),
    "oz": ("ounce", "ounces"), "st": ("stone", "stone"), "t": ("ton", "tons"),
    "km": ("kilometer", "kilometers"), "m": ("meter", "meters"), "cm": ("centimeter", "centimeters"),
    "mm": ("millimeter", "millimeters"), "µm": ("micrometer", "micrometers"), "nm": ("nanometer", "nanometers"),
    "mi": ("mile", "miles"), "ft": ("foot", "feet"), "yd": ("yard", "yards"), "in.": ("inch", "inches"),
    "ha": ("hectare", "hectares"), "km²": ("square kilometer", "square kilometers"),
    "m²": ("square meter", "square meters"), "m³": ("cubic meter", "cubic meters"),
    "cm²": ("square centimeter", "square centimeters"), "cm³": ("cubic centimeter", "cubic centimeters"),
    "km2": ("square kilometer", "square kilometers"), "m2": ("square meter", "square meters"),
    "m3": ("cubic meter", "cubic meters"),
    "sqft": ("square foot", "square feet"), "l": ("liter", "liters"), "L": ("liter", "liters"),
    "ml": ("milliliter", "milliliters"), "mL": ("milliliter", "milliliters"), "cl": ("centiliter", "centiliters"),
    "gal": ("gallon", "gallons"), "tsp": ("teaspoon", "teaspoons"), "tbsp": ("tablespoon", "tablespoons"),
    "km/h": ("kilometer per hour", "kilometers per hour"), "kmh": ("kilometer per hour", "kilometers per hour"),
    "kph": ("kilometer per hour", "kilometers per hour"), "mph": ("mile per hour", "miles per hour"),
    "m/s": ("meter per second", "meters per second"), "m/s²": ("meter per second squared", "meters per second squared"),
    "°C": ("degree Celsius", "degrees Celsius"), "°F": ("degree Fahrenheit", "degrees Fahrenheit"),
    "℃": ("degree Celsius", "degrees Celsius"), "℉": ("degree Fahrenheit", "degrees Fahrenheit"),
    "°": ("degree", "degrees"), "%": ("percent", "percent"), "‰": ("per mille", "per mille"),
    "s": ("second", "seconds"), "sec": ("second", "seconds"), "secs": ("second", "seconds"),
    "ms": ("millisecond", "milliseconds"), "µs": ("microsecond", "microseconds"), "min": ("minute", "minutes"),
    "mins": ("minute", "minutes"), "h": ("hour", "hours"), "hr": ("hour", "hours"), "hrs": ("hour", "hours"),
    "Hz": ("hertz", "hertz"), "kHz": ("kilohertz", "kilohertz"), "MHz": ("megahertz", "megahertz"),
    "GHz": ("gigahertz", "gigahertz"), "W": ("watt", "watts"), "kW": ("kilowatt", "kilowatts"),
    "MW": ("megawatt", "megawatts"), "GW": ("gigawatt", "gigawatts"), "kWh": ("kilowatt hour", "kilowatt hours"),
    "V": ("volt", "volts"), "kV": ("kilovolt", "kilovolts"), "mA": ("milliamp", "milliamps"), "A": ("amp", "amps"),
    "J": ("joule", "joules"), "kJ": ("kilojoule", "kilojoules"), "cal": ("calorie", "calories"),
    "kcal": ("kilocalorie", "kilocalories"), "Pa": ("pascal", "pascals"), "kPa": ("kilopascal", "kilopascals"),
    "hPa": ("hectopascal", "hectopascals"), "psi": ("P S I", "P S I"), "dB": ("decibel", "decibels"),
    "KB": ("kilobyte", "kilobytes"), "kB": ("kilobyte", "kilobytes"), "MB": ("megabyte", "megabytes"),
    "GB": ("gigabyte", "gigabytes"), "TB": ("terabyte", "terabytes"), "PB": ("petabyte", "petabytes"),
    "kbps": ("kilobit per second", "kilobits per second"), "Mbps": ("megabit per second", "megabits per second"),
    "Gbps": ("gigabit per second", "gigabits per second"), "px": ("pixel", "pixels"), "fps": ("frame per second",
    "frames per second"), "rpm": ("R P M", "R P M"), "x": ("times", "times"), "×": ("times", "times"),
    "k": ("thousand", "thousand"), "K": ("thousand", "thousand"), "M": ("million", "million"), "bn": ("billion",
    "billion"), "B": ("billion", "billion"), "am": ("A M", "A M"), "pm": ("P M", "P M"), "a.m.": ("A M", "A M"),
    "p.m.": ("P M", "P M"), "AM": ("A M", "A M"), "PM": ("P M", "P M"), "BC": ("B C", "B C"), "AD": ("A D", "A D"),
    "D": ("D", "D"), "G": ("G", "G"),
}  # fmt: skip

ONLY_ATTACHED = frozenset("t m g h s A V W J D G B K M k x st min in. l L".split())
"""Units that are words or names of their own when a space stands before them; "5 m" and "5 g" are still read."""

READ_APART = frozenset("m g h s l L min W V".split())
"""Of those, the ones that are read as units after a space, too."""

# Symbol -> (unit, units, hundredth, hundredths)
CURRENCIES = {
    "$": ("dollar", "dollars", "cent", "cents"), "€": ("euro", "euros", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"), "¥": ("yen", "yen", "sen", "sen"),
    "₹": ("rupee", "rupees", "paisa", "paise"), "₽": ("ruble", "rubles", "kopek", "kopeks"),
    "₩": ("won", "won", "jeon", "jeon"), "₺": ("lira", "lira", "kurush", "kurush"),
    "₿": ("bitcoin", "bitcoins", "cent", "cents"), "₪": ("shekel", "shekels", "agora", "agorot"),
    "US$": ("U S dollar", "U S dollars", "cent", "cents"), "A$": ("Australian dollar", "Australian dollars", "cent",
    "cents"), "C$": ("Canadian dollar", "Canadian dollars", "cent", "cents"),
    "USD": ("U S dollar", "U S dollars", "cent", "cents"), "EUR": ("euro", "euros", "cent", "cents"),
    "GBP": ("pound", "pounds", "penny", "pence"), "CHF": ("Swiss franc", "Swiss francs", "centime", "centimes"),
    "JPY": ("yen", "yen", "sen", "sen"), "¢": ("cent", "cents", "cent", "cents"),
}  # fmt: skip

MAGNITUDES = {
    "k": "thousand", "K": "thousand", "m": "million", "M": "million", "mn": "million", "bn": "billion", "b": "billion",
    "B": "billion", "tn": "trillion", "T": "trillion",
}  # fmt: skip

SYMBOLS = {
    "&": "and", "+": "plus", "=": "equals", "%": "percent", "@": "at", "#": "hash", "~": "about", "≈": "about",
    "<": "less than", ">": "greater than", "≤": "at most", "≥": "at least", "≠": "is not", "×": "times",
    "÷": "divided by", "±": "plus or minus", "→": "to", "⇒": "so", "°": "degrees", "§": "section", "¶": "paragraph",
    "©": "copyright", "®": "", "™": "", "∞": "infinity", "√": "square root of", "∑": "sum", "µ": "micro",
    "$": "dollar", "€": "euro", "£": "pound", "¥": "yen", "¢": "cents", "−": "minus", "‰": "per mille", "№": "number",
    "/": "slash", "\\": "backslash", "_": "underscore", "^": "to the power of", "|": "", "*": "", "♥": "", "∙": "",
}  # fmt: skip

IN_ADDRESSES = {
    ".": "dot", "/": "slash", "-": "dash", "_": "underscore", "@": "at", ":": "colon", "?": "question mark",
    "=": "equals", "&": "and", "#": "hash", "%": "percent", "+": "plus", "~": "tilde",
}  # fmt: skip

FRACTIONS = {
    "½": "one half", "⅓": "one third", "⅔": "two thirds", "¼": "one quarter", "¾": "three quarters",
    "⅕": "one fifth", "⅛": "one eighth", "⅜": "three eighths", "⅝": "five eighths", "⅞": "seven eighths",
}  # fmt: skip
DENOMINATORS = frozenset([*range(2, 11), 12, 15, 16, 20, 25, 32, 50, 64, 100])
PARTS = {2: ("half", "halves"), 4: ("quarter", "quarters")}

RULERS = frozenset(
    "Henry George Edward Richard William James Charles Louis Elizabeth Mary Pope Pius Paul John Benedict Leo Philip "
    "Frederick Napoleon Ramses Catherine Peter Ivan Nicholas Alexander Otto Gregory Queen King".split()
)
"""Names after which a Roman numeral is an ordinal: Henry VIII, the eighth."""

NUMBERED = frozenset(
    "Chapter Part War Act Scene Volume Book Phase Type Bowl Section Article Class Title Mark Rocky Stage Level Episode "
    "Season Apollo Schedule Appendix Figure Table".split()
)
"""Nouns after which a Roman numeral is a number: World War II, two."""

SHORT_WORDS = frozenset(
    "all am an and any are as at be big but by can did do for get go got had has he her him his hot how if in is it "
    "its let man may me my new no not now of off oh old on one or our out own ran run sad say see she so the to too "
    "two up us was way we who why yes yet you".split()
)
"""Words of two and three letters; other such in capitals are acronyms even among shouted words."""

ENDING = frozenset("etc. inc. ltd. bros. corp. ave. blvd. rd. st. a.m. p.m. al. ph.d.".split())
"""Abbreviations that often end a sentence; a capital after them begins a new one."""

# Letters that do not decompose into a Latin base letter.
LETTERS = {
    "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L",
    "đ": "d", "Đ": "D", "ð": "th", "Ð": "Th", "þ": "th", "Þ": "Th", "ı": "i", "ŋ": "ng", "Ŋ": "Ng", "ħ": "h",
    "Ħ": "H", "ĸ": "k", "ŧ": "t", "Ŧ": "T", "ſ": "s", "ə": "e", "Ə": "E",
}  # fmt: skip
