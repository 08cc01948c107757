"""The network: a character encoder with one head for each thing that is learned.

Sizes come from models/settings.json. Shapes: B texts, W windows, T tokens, H width.
"""

import torch
import torch.nn.functional as F
from torch import nn

CATEGORIES = 9
PAD, MASK = 0, 4


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
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: torch.Tensor, mask: torch.Tensor | None) -> torch.Tensor:
        b, t, w = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(b, t, 3, self.heads, w // self.heads).permute(2, 0, 3, 1, 4)
        # Written out, since the fused kernel's backward pass is three times slower on a CPU.
        scores = (q * (w // self.heads) ** -0.5) @ k.transpose(-1, -2)
        if mask is not None:
            scores = scores.masked_fill(~mask, -1e4)
        y = scores.softmax(-1) @ v
        x = x + self.dropout(self.out(y.transpose(1, 2).reshape(b, t, w)))
        return x + self.dropout(self.down(F.gelu(self.up(self.norm2(x)))))


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
        x = x + self.mix(F.gelu(self.near(x.transpose(1, 2)).transpose(1, 2)))
        wide = None if mask is None else mask[:, None, None, :]
        for block in self.blocks:
            x = block(x, wide)
        return self.final(x)


class Pretrainer(nn.Module):
    """Masked-language model over an encoder, with tied vectors."""

    def __init__(self, encoder: Encoder):
        super().__init__()
        self.encoder = encoder
        width = encoder.embed.embedding_dim
        self.turn = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.LayerNorm(width))
        self.bias = nn.Parameter(torch.zeros(encoder.embed.num_embeddings))

    def forward(self, ids: torch.Tensor, hidden: torch.Tensor) -> torch.Tensor:
        """Logits (N, V) of the N positions where `hidden` (B, T) is True; texts are packed, so no mask."""
        x = self.encoder(ids)[hidden]
        return F.linear(self.turn(x), self.encoder.embed.weight, self.bias)


class Classifier(nn.Module):
    """Windows → logits: post (W, 11) = flag, nine categories, form (tutorial > 0); words (W, T) = evidence."""

    def __init__(self, encoder: Encoder, dropout: float):
        super().__init__()
        self.encoder = encoder
        width = encoder.embed.embedding_dim
        self.pool = nn.Linear(2 * width, width)
        self.dropout = nn.Dropout(dropout)
        self.post = nn.Linear(width, 2 + CATEGORIES)
        self.words = nn.Linear(width, 1)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor | None = None) -> tuple[torch.Tensor, torch.Tensor]:
        x = self.encoder(ids, mask)
        whole = x if mask is None else x.masked_fill(~mask.unsqueeze(-1), -1e4)
        pooled = torch.cat([x[:, 0], whole.amax(1)], -1)
        return self.post(self.dropout(F.gelu(self.pool(self.dropout(pooled))))), self.words(x).squeeze(-1)


def encoder_of(settings: dict, vocabulary: int) -> Encoder:
    return Encoder(vocabulary, dropout=settings["dropout"], **settings["encoder"])
