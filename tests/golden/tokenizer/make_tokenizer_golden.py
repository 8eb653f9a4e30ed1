"""Writes golden.json.gz and cased/: what Hugging Face's `tokenizers` makes of some 4,000 lines.

Run from the root of the checkout, with the path of the shared folder (WikiGold lies there, and only digests of it are kept):
    python tests/golden/tokenizer/make_tokenizer_golden.py ../shared
Needs tokenizers and transformers; their versions are written into the golden file. `--retrain` makes cased/ anew.

All offsets in the file are UTF-16 code units of the line (Hugging Face's are code points of the word).
"""
import gzip, hashlib, json, os, random, re, sys, unicodedata
from pathlib import Path

os.environ["TRANSFORMERS_VERBOSITY"] = "error"
import tokenizers, transformers
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
SHARED = Path(sys.argv[1])
UNCASED = ROOT / "public/models/all-MiniLM-L6-v2"
CASED = HERE / "cased"
SAMPLE = ["gold-train", "gold-dev", "gold-test", "unlabelled-train"]

WORD = re.compile(r"\w+(?:['’]\w+)?|[^\w\s]", re.UNICODE)


def words_of(text):
    """The reference's rule for words: ranges of code points."""
    out = []
    for match in WORD.finditer(text):
        start, end, found = match.start(), match.end(), match.group()
        if len(found) > 2 and found.endswith(("'s", "’s")):
            out += [(start, end - 2), (end - 2, end)]
        else:
            out.append((start, end))
    return out


def by_blanks(text):
    """Words as a file in columns would have them: whatever stands between blanks."""
    return [match.span() for match in re.finditer(r"[^ ]+", text)]


def whole(text):
    return [(0, len(text))]


def sample_lines():
    for name in SAMPLE:
        for line in (ROOT / f"public/samples/sotu/{name}.jsonl").read_text().splitlines():
            yield json.loads(line)["text"]


def wikigold_lines():
    """Sentences of the file in columns, put together with blanks."""
    words = []
    for line in (SHARED / "data/real/wikigold/wikigold.conll.txt").read_text().split("\n"):
        if line.strip():
            words.append(line.split(" ")[0])
        elif words:
            yield " ".join(words)
            words = []
    if words:
        yield " ".join(words)


HAND_MADE = [
    "", " ", "   ", "\t", "\n\r\n", " \t \n ", "\u00a0", "\u3000\u2003\u2009",
    # combining marks, composed and not, in and out of canonical order
    "café CAFÉ cafe\u0301 naïve nai\u0308ve", "a\u0301\u0323b a\u0323\u0301b q\u0307\u0323q", "\u0301leading mark", "x\u20dd y\u20e3 1\ufe0f\u20e3",
    "Z\u0351\u036b\u0343\u036a\u0302alg\u0361o", "\u1e9b\u0323 \u1e9b\u0323\u0307", "Å Å Å Ω Ω K K", "ệ ế ữ Việt Nam Nguyễn Đường",
    "\u0344\u0345 ᾳ ᾼ ΐ ΰ", "ё й Ё Й ї Ї ґ", "ñÑ n\u0303N\u0303", "\u0958 \u09dc \u0a33 क\u093cत",
    # case
    "İstanbul İİ ıI Iı", "straße STRASSE Straẞe GROẞ", "ΟΔΥΣΣΕΥΣ Σ ΣΑΣ ὈΔΥΣΣΕΎΣ ὀδυσσεύς", "ǅ Ǆ ǆ ŉ ŉN ﬁ ﬂ ﬃ FI", "ÀÉÎÕÜ àéîõü ÇŞĞ çşğ Łódź ŁÓDŹ Đđ Øø Ææ Œœ",
    "Ꭰꭰ Ა ა Ⴀ ⴀ 𐐀 𐐨 𞤀 𞤢", "Ⅷ ⅷ Ⓐ ⓐ Ａ ａ", "McDONALD's O'Neill’s o'clock ’tis rock’n’roll's",
    # scripts
    "中国的首都是北京。", "我爱NLP和BERT模型！", "日本語のテキスト、カタカナとひらがな。", "東京タワーtower 東京 tower", "한국어 문장입니다. 각 갂 힣", "\u1112\u1161\u11ab\u1100\u1173\u11af 한글",
    "ภาษาไทยไม่มีช่องว่าง กำ น้ำ", "اللغة العربية من اليمين", "مُحَمَّد لَا إِلٰهَ ﷺ ﷽", "עברית שָׁלוֹם יִידיש", "हिन्दी भाषा में क्षत्रिय", "தமிழ் மொழி", "မြန်မာ ဘာသာ", "ខ្មែរ", "ລາວ", "አማርኛ ቋንቋ።", "ქართული ენა",
    "Ελληνικά και Кириллица и Հայերեն", "Lietuvių kalba ąčęėįšųū Ąčęėį", "𠀀𠀁 𪛖 𫜴 𫝀 𫠝 𬺰 豈 更 﨎 丽 〇 々 〆 〡", "ㄅㄆㄇ ㆠ ｱｲｳ ﾞﾟ ヷ が か\u3099", "ꦗꦮ ᜊᜌ᜴ ᜱ ߒߞߏ ⵣ ᐃᓄᒃᑎᑐᑦ᙭",
    # emoji
    "👍 👍🏽 👩‍👩‍👧‍👦 🏳️‍🌈 🇺🇸🇩🇪 ❤️ ❤ ☺️", "a👍b 👨🏿‍🚀s it's👍's", "🤷‍♀️🤦🏻‍♂️ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 *️⃣ #️⃣", "🫠🫶🥹 🩷 ✂︎ ✂️", "text👍🏽text 👍🏽👍🏽",
    # invisible and control characters
    "zero\u200bwidth zero\u200cwidth zero\u200dwidth", "\ufeffbom in\ufefffront", "soft\u00adhyphen co\u00adoperate", "a\u2060b \u200ertl\u200f \u202aembed\u202c \u2066iso\u2069",
    "nul\x00inside \x00 \x00\x00", "bell\x07 tab\tinside esc\x1b[0m del\x7f", "a\x1cb\x1dc\x1ed\x1fe", "a\x0bb\x0cc next\x85line", "replacement\ufffdchar \ufffd", "\x01\x02\x03", "a\u2028b\u2029c",
    "private\ue000use \U000f0000 \ue001", "nonchar\ufdd0 \uffff\U0001ffff", "tag\U000e0041s", "\u180e\u061c\u034f\u17b4\u115f\u3164\uffa0", "variation\ufe0eselector \U000e0100",
    "non breaking thin\u202fspace figure\u2007space en\u2002em\u2003", "ideographic　space ogham\u1680space math\u205fspace",
    # punctuation and symbols
    "“curly” ‘quotes’ „low‟ «guillemets» ‹x›", "em—dash en–dash minus−sign hy‐phen non‑breaking", "dots… ‥ ... . . .", "a.b,c;d:e!f?g(h)i[j]k{l}m\"n'o`p~q@r#s$t%u^v&w*x+y=z|\\/<>_-",
    "price €5 £6 ¥7 ₹8 ₿9 $10 ¢1", "± × ÷ ≠ ≤ ∞ √ ∑ ∫ ∂ ° µ ¬ ¦ § ¶ © ® ™ ¤ ¨ ´ ¸ ¯", "→ ← ⇒ ■ ● ★ ♪ ✓ ☃", "¿Qué? ¡Sí! ؟ ، ؛ ۔ 。、「」『』【】《》・〜", "snake_case __init__ a_b _ __ a__", "U.S. U.S.A.'s A.T.&T. e.g., i.e.: etc.",
    "http://example.com/a?b=c&d=e#f user@example.com #tag @name", "1,000.50 3.14 -7 +8 50% 1/2 10:30 2024-01-31", "⁈ ‼ ⁇ ※ ‣ † ‡ ‰ ‱ ′ ″", "؞ ᙮ ᛫ ᭎ ⹃ ⹐ 𑗅 𐬹 𑇉 ᙭",
    # digits and numbers in other forms
    "x² y³ z¹ H₂O CO₂ 10⁻⁹ ⁴ⁿ", "½ ¼ ⅓ ⅞ 1½ ↉", "Ⅰ Ⅱ Ⅳ Ⅸ Ⅻ ⅿ ↁ MCMXC", "٠١٢٣ ۴۵۶ ०१२ ๑๒๓ １２３ 𝟏𝟐𝟛 ᠐᠑", "① ② ⑳ ⓪ ❶ ➀ ㉑ ㊿ ㈠", "一二三 〇 壹 百 萬 ㊀ 〸", "¹⁄₂ 1⁄2 №5 ℃ ㎏ ㏒ Å",
    "𝐁𝐨𝐥𝐝 𝒮𝒸𝓇𝒾𝓅𝓉 𝔉𝔯𝔞𝔨𝔱𝔲𝔯 ℝ ℕ ℂ ℍ", "Ｆｕｌｌ　ｗｉｄｔｈ！ ＡＢＣ（１２３）", "ª º ʰ ʷ ᵃ ⁱ ₐ ℵ ℶ", "ﬀ ﷲ ㋿ ㍿ Ǳ ĳ Ĳ",
    # special tokens in the text
    "[SEP]", "a [SEP] b", "a[SEP]b [CLS][SEP]", "[sep] [Sep] [ SEP ] [SEP", "[MASK] is [UNK] and [PAD]", "[[SEP]] [SEP]'s ##ing # # ##", "[unused0] [unused5]", "<s> </s> <ent> x<ent>y <ENT> Ünit unit 'ünit'",
    # long ones
    "a" * 300, "ab" * 50, "ab" * 50 + "c", "x" * 99 + " " + "x" * 100 + " " + "x" * 101, "é" * 100 + " " + "é" * 101, "e\u0301" * 100 + " " + "e\u0301" * 101, "한" * 33 + " " + "한" * 34 + " " + "한" * 51,
    "internationalization" * 20, "👍" * 101, "中" * 150, "." * 120, "1" * 128, "supercalifragilisticexpialidocious antidisestablishmentarianism pneumonoultramicroscopicsilicovolcanoconiosis",
    "word " * 400, "a\u200b" * 200,
]

POOLS = [
    "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789", ".,;:!?'’\"“”()[]{}-–—_/\\@#$%&*+=<>|~^`", "àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿßœšž",
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝŒŠŽİẞ", "\u0300\u0301\u0302\u0303\u0307\u0308\u0323\u0327\u0328\u0345\u20dd", "αβγδεζηθικλμνξοπρσςτυφχψωΣΩΆΈΉΐΰ", "абвгдежзийклмнопрстуфхцчшщъыьэюяЁЙЇ",
    "中国日本東京北豈更𠀀𪜀", "あいうえおがぎアイウエオヴー", "가각갂힣각", "กขคงำิ่้", "ابتثجحخَُِّٰ", "אבגדשׁשׂ", "अआकखक़ािी्ं", "👍👩👧🏽🏿❤🇺🇸\u200d\ufe0f", "\u200b\u200c\u200d\u2060\ufeff\u00ad\x00\x01\x1f\x7f\x85\ufffd\ue000",
    "\u00a0\u2002\u2009\u202f\u3000\t\n", "²³¹½¼ⅣⅨ①②١٢३４５", "…‚„†‡•‰‹›€™¡¿§¶·", "𝐀𝐁𝔸𝟎𝟏𐐀𐐨𞤀𞤢", "'s’s's", "   ",
]


def random_lines(count):
    draw = random.Random(20261101)
    for _ in range(count):
        pools = draw.sample(POOLS, draw.randint(1, 5))
        words = ["".join(draw.choice(draw.choice(pools)) for _ in range(draw.randint(1, 9))) for _ in range(draw.randint(1, 12))]
        yield draw.choice(["", " ", "  "]).join(words) if draw.random() < 0.2 else " ".join(words)


ADDED = [
    dict(content="<ent>", normalized=False, single_word=False, lstrip=False, rstrip=False),
    dict(content="<ent>s", normalized=False, single_word=False, lstrip=True, rstrip=True),
    dict(content="Ünit", normalized=True, single_word=True, lstrip=False, rstrip=False),
    dict(content="[Sep]", normalized=True, single_word=False, lstrip=False, rstrip=True),
]
ADDED_LINES = [
    "x<ent>y", "<ent>s", "a <ent>s b", "a \t<ent>s  <ent>s b", "<ent><ent>s<ent>", "<ENT> <ent", "Ünit", "ÜNIT unit u\u0308nit", "xÜnit Ünits Ünit.", "(Ünit)Ünit-Ünit", "[Sep] x", "[SEP]x[sep]", "a[sEP]  b[Sep]", "[S\u0301ep] x",
    "一Ünit一 \x00Ünit\x00 _Ünit", "[SEP]<ent>[Sep]Ünit[CLS]", "Ünit<ent>Ünit", "👍Ünit👍<ent>👍[Sep]👍", "",
]


def load(folder):
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def train_cased():
    """A small cased vocabulary over the sample and the made lines, written as a tokenizer.json and its config."""
    specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    trainer = trainers.WordPieceTrainer(vocab_size=2600, limit_alphabet=500, special_tokens=specials, show_progress=False)
    tokenizer.train_from_iterator([*sample_lines(), *HAND_MADE], trainer)
    CASED.mkdir(exist_ok=True)
    tokenizer.save(str(CASED / "tokenizer.json"), pretty=False)
    config = {"tokenizer_class": "BertTokenizer", "do_lower_case": False}
    (CASED / "tokenizer_config.json").write_text(json.dumps(config) + "\n")


def units_before(text):
    """UTF-16 code units before each code point of a text, and at its end."""
    out = [0]
    for character in text:
        out.append(out[-1] + (2 if ord(character) > 0xFFFF else 1))
    return out


def encode(tokenizer, text, words):
    """[word starts and ends, ids, piece starts and ends, word ids], flat lists; offsets in UTF-16 of the text."""
    units = units_before(text)
    encoding = tokenizer.encode([text[a:b] for a, b in words], is_pretokenized=True, add_special_tokens=False)
    offsets = []
    for word, (a, b) in zip(encoding.word_ids, encoding.offsets):
        start = words[word][0]
        offsets += [units[start + a], units[start + b]]
    flat = [units[at] for word in words for at in word]
    return [flat, encoding.ids, offsets, encoding.word_ids]


def digest(value):
    return hashlib.sha256(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()[:12]


def check_transformers(folder, tokenizer, lines):
    """transformers must agree with `tokenizers`, from tokenizer.json and (where it is there) from vocab.txt."""
    made = [transformers.AutoTokenizer.from_pretrained(str(folder))]
    if (folder / "vocab.txt").exists():
        made.append(transformers.BertTokenizer(vocab=transformers.models.bert.tokenization_bert.load_vocab(str(folder / "vocab.txt"))))
    for line in lines:
        words = [line[a:b] for a, b in words_of(line)]
        ours = tokenizer.encode(words, is_pretokenized=True, add_special_tokens=False)
        for other in made if words else []:
            theirs = other(words, is_split_into_words=True, add_special_tokens=False)
            assert (ours.ids, ours.word_ids) == (theirs["input_ids"], theirs.word_ids()), line


def code_points():
    """Digests, one a block of 256 code points, of what becomes of each assigned one: alone between letters and as a word.

    Code points that Python's Unicode version does not know are left out: their properties change with the engine's version.
    """
    pre = pre_tokenizers.BertPreTokenizer()
    kinds = {
        "uncased": normalizers.BertNormalizer(),
        "cased": normalizers.BertNormalizer(lowercase=False),
        "lowercase": normalizers.BertNormalizer(strip_accents=False),
    }
    assigned, blocks = [], []
    for first in range(0, 0x110000, 256):
        facts = []
        for code in range(first, first + 256):
            if unicodedata.category(chr(code)) in ("Cn", "Cs"):
                continue
            if assigned and assigned[-1] == code:
                assigned[-1] = code + 1
            else:
                assigned += [code, code + 1]
            text = f"a{chr(code)}b"
            tokens = [[t for t, _ in pre.pre_tokenize_str(n.normalize_str(text))] for n in kinds.values()]
            phrase = f"{chr(code)} a{chr(code)}b's"
            facts.append([tokens, [phrase[a:b] for a, b in words_of(phrase)]])
        blocks.append(digest(facts) if facts else "")
    return {"kinds": list(kinds), "assigned": assigned, "blocks": blocks}


def main():
    if "--retrain" in sys.argv:
        train_cased()
    made = HAND_MADE + list(random_lines(500))
    sample = list(sample_lines())
    wikigold = list(wikigold_lines())
    uncased, cased = load(UNCASED), load(CASED)
    check_transformers(UNCASED, uncased, made + sample[::10])
    check_transformers(CASED, cased, made + sample[::10])
    added = load(CASED)
    added.normalizer = normalizers.BertNormalizer()
    added.add_tokens([tokenizers.AddedToken(**token) for token in ADDED])
    golden = {
        "versions": {
            "tokenizers": tokenizers.__version__,
            "transformers": transformers.__version__,
            "python": sys.version.split()[0],
            "unicode of Python": unicodedata.unidata_version,
        },
        "made": {
            "lines": made,
            **{
                name: {cut.__name__: [encode(tokenizer, line, cut(line)) for line in made] for cut in (words_of, by_blanks, whole)}
                for name, tokenizer in (("uncased", uncased), ("cased", cased))
            },
        },
        "sample": {
            "files": SAMPLE,
            "uncased": [encode(uncased, line, words_of(line)) for line in sample],
            "cased": [digest(encode(cased, line, words_of(line))) for line in sample],
        },
        "wikigold": {
            name: [digest(encode(tokenizer, line, words_of(line))) for line in wikigold]
            for name, tokenizer in (("uncased", uncased), ("cased", cased))
        },
        "added": {
            "tokens": [t for t in json.loads(added.to_str())["added_tokens"] if not t["special"]],
            "lines": ADDED_LINES,
            "whole": [encode(added, line, whole(line)) for line in ADDED_LINES],
        },
        "codePoints": code_points(),
    }
    text = json.dumps(golden, separators=(",", ":"), ensure_ascii=False)
    (HERE / "golden.json.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(len(made), "made,", len(sample), "sample,", len(wikigold), "WikiGold lines")


main()
