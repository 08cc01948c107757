"""The network: a character encoder with one head for each thing that is learned.

Sizes come from models/settings.json. Shapes: B texts, W windows, T tokens, H width.
"""

import torch
import torch.nn.functional as F
from torch import nn

CATEGORIES = 9
STANCES = 12


class FeatureDropout(nn.Module):
    """Dropout that hides the same features at every place of a text (Gal & Ghahramani 2016).

    Drawing one bit for each number would take a fifth of a training step on a CPU.
    """

    def __init__(self, share: float):
        super().__init__()
        self.share = share

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, T, H) or (B, H) → the same shape."""
        if not self.training or not self.share:
            return x
        shape = (x.shape[0], *[1] * (x.dim() - 2), x.shape[-1])
        return x * ((torch.rand(shape, device=x.device) >= self.share).to(x.dtype) / (1 - self.share))


class Block(nn.Module):
    """Pre-norm transformer block."""

    def __init__(self, width: int, heads: int, inner: int, dropout: float):
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.up = nn.Linear(width, inner)
        self.down = nn.Linear(inner, width)
        self.dropout = FeatureDropout(dropout)

    def forward(self, x: torch.Tensor, mask: torch.Tensor | None) -> torch.Tensor:
        b, t, w = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(b, t, 3, self.heads, w // self.heads).permute(2, 0, 3, 1, 4)
        # Written out, since the fused kernel's backward pass is three times slower on a CPU.
        scores = (q * (w // self.heads) ** -0.5) @ k.transpose(-1, -2)
        if mask is not None:
            scores = scores.masked_fill(~mask, -1e4)
        y = scores.softmax(-1) @ v
        x = x + self.dropout(self.out(y.transpose(1, 2).reshape(b, t, w)))
        # A GELU here would take a quarter of a training step on a CPU.
        return x + self.dropout(self.down(F.relu(self.up(self.norm2(x)))))


class Encoder(nn.Module):
    """Character ids (B, T) → vectors (B, T, H). `mask` is True where there is a token."""

    def __init__(self, vocabulary: int, layers: int, width: int, heads: int, inner: int, window: int, dropout: float):
        super().__init__()
        self.embed = nn.Embedding(vocabulary, width)
        self.place = nn.Parameter(torch.randn(window, width) * 0.02)
        nn.init.normal_(self.embed.weight, std=0.02)
        self.norm = nn.LayerNorm(width)
        # Neighbouring characters make words; a small convolution finds them before attention has to.
        self.near = nn.Conv1d(width, width, 5, padding=2, groups=width)
        self.mix = nn.Linear(width, width)
        self.blocks = nn.ModuleList(Block(width, heads, inner, dropout) for _ in range(layers))
        self.final = nn.LayerNorm(width)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
        x = self.norm(self.embed(ids) + self.place[: ids.shape[1]])
        if mask is not None:
            x = x * mask.unsqueeze(-1)
        x = x + self.mix(F.relu(self.near(x.transpose(1, 2)).transpose(1, 2)))
        wide = None if mask is None else mask[:, None, None, :]
        for block in self.blocks:
            x = block(x, wide)
        return self.final(x)


class Pretrainer(nn.Module):
    """An encoder that learns to name hidden characters; the vectors that it reads are also those that it names with."""

    def __init__(self, encoder: Encoder):
        super().__init__()
        self.encoder = encoder
        width = encoder.embed.embedding_dim
        self.turn = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.LayerNorm(width))
        self.bias = nn.Parameter(torch.zeros(encoder.embed.num_embeddings))

    def forward(self, ids: torch.Tensor, hidden: torch.Tensor) -> torch.Tensor:
        """Logits (N, V) of the N positions where `hidden` (B, T) is True. Texts are packed, so there is no mask."""
        return F.linear(self.turn(self.encoder(ids)[hidden]), self.encoder.embed.weight, self.bias)


class Grams(nn.Module):
    """Character ids (W, T) → logits (W, 11): weights of each character and each pair of neighbours, by hash (Weinberger
    et al. 2009), each counted once a window. What a deep encoder this small smooths over, a turn of phrase, is plain here."""

    def __init__(self, slots: int, vocabulary: int):
        super().__init__()
        self.vocabulary = vocabulary
        self.weights = nn.Parameter(torch.zeros(slots, 2 + CATEGORIES))
        self.shift = nn.Parameter(torch.zeros(2 + CATEGORIES))

    def forward(self, ids: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
        alone = ids * self.vocabulary
        # Behind the last character, and behind padding, is PAD: 0.
        paired = alone + F.pad(ids, (0, 1))[:, 1:]
        inside = torch.ones_like(ids) if mask is None else mask.to(ids.dtype)
        total, runs = 0, 0
        for codes in (alone, paired):
            again = (codes.unsqueeze(2) == codes.unsqueeze(1)).to(ids.dtype).tril(-1).amax(2)
            counted = (inside * (1 - again)).to(self.weights.dtype).unsqueeze(-1)
            total, runs = total + (self.weights[codes % len(self.weights)] * counted).sum(1), runs + counted.sum(1)
        return total / runs.sqrt() + self.shift


class Classifier(nn.Module):
    """Windows → logits: post (W, 11) = flag, nine categories, form (tutorial > 0); words (W, T) = evidence."""

    def __init__(self, encoder: Encoder, dropout: float, grams: Grams | None = None):
        super().__init__()
        self.encoder = encoder
        # Learned apart and added: trained together, the encoder would be all that learns.
        self.grams = grams
        width = encoder.embed.embedding_dim
        self.pool = nn.Linear(3 * width, width)
        self.dropout = FeatureDropout(dropout)
        self.flag = nn.Linear(width, 1)
        # What is offered needs other features than whether it is.
        self.naming = nn.Sequential(nn.Linear(3 * width, width), nn.GELU(), FeatureDropout(dropout), nn.Linear(width, CATEGORIES + 1))
        self.words = nn.Linear(width, 1)
        # Who speaks and what for: learned beside the label, since the label follows from it; not exported.
        self.stance = nn.Linear(width, STANCES)

    def gather(self, ids: torch.Tensor, mask: torch.Tensor | None = None) -> tuple[torch.Tensor, torch.Tensor]:
        """Vectors (W, 3H) of the first place, of the strongest features, and of the words that look decisive; evidence logits (W, T)."""
        x = self.encoder(ids, mask)
        words = self.words(x).squeeze(-1)
        if mask is None:
            whole, weights = x, words
        else:
            whole, weights = x.masked_fill(~mask.unsqueeze(-1), -1e4), words.masked_fill(~mask, -1e4)
        decisive = (weights.softmax(-1).unsqueeze(1) @ x).squeeze(1)
        return torch.cat([x[:, 0], whole.amax(1), decisive], -1), words

    def heads(self, gathered: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Post logits (W, 11) and stances (W, S)."""
        pooled = self.dropout(F.gelu(self.pool(self.dropout(gathered))))
        return torch.cat([self.flag(pooled), self.naming(gathered)], -1), self.stance(pooled)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor | None = None) -> tuple[torch.Tensor, torch.Tensor]:
        gathered, words = self.gather(ids, mask)
        posts = self.heads(gathered)[0]
        if self.grams is not None:
            posts = posts + self.grams(ids, mask)
        return posts, words


class Gate(nn.Module):
    """Character ids (W, T) → the judge's flag logit (W,), roughly: a convolution over characters, then the strongest features."""

    def __init__(self, vocabulary: int, embed: int, width: int, layers: int):
        super().__init__()
        self.embed = nn.Embedding(vocabulary, embed)
        nn.init.normal_(self.embed.weight, std=0.3)
        self.near = nn.ModuleList(nn.Conv1d(embed if k == 0 else width, width, 3, padding=1) for k in range(layers))
        self.out = nn.Linear(2 * width, 1)
        self.dropout = nn.Dropout(0.2)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
        x = self.dropout(self.embed(ids)).transpose(1, 2)
        inside = None if mask is None else mask.unsqueeze(1)
        for near in self.near:
            x = F.relu(near(x if inside is None else x * inside))
        if inside is None:
            most, mean = x.amax(-1), x.mean(-1)
        else:
            x = x * inside
            most, mean = x.amax(-1), x.sum(-1) / inside.sum(-1)
        return self.out(self.dropout(torch.cat([most, mean], -1))).squeeze(-1)


def judge_of(settings: dict, vocabulary: int) -> Classifier:
    """The whole judge, as it is exported."""
    return Classifier(encoder_of(settings, vocabulary), 0.0, Grams(settings["grams"]["slots"], vocabulary))


def encoder_of(settings: dict, vocabulary: int) -> Encoder:
    return Encoder(vocabulary, dropout=settings["dropout"], **settings["encoder"])
