"""Sentences as numbers, and batches of sentences of like lengths."""

from __future__ import annotations

import bisect
import logging
import random
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from symbolic import nd
from symbolic.errors import ArgumentError, InputError, describe
from symbolic.training.io import DataBatch, DataDesc, DataIter

__all__ = ["BucketSentenceIter", "encode_sentences"]


def encode_sentences(
    sentences: Iterable[Sequence[str]],
    vocab: dict[str, int] | None = None,
    invalid_label: int = -1,
    invalid_key: str = "\n",
    start_label: int = 0,
    unknown_token: str | None = None,
) -> tuple[list[list[int]], dict[str, int]]:
    """Turn words into numbers.

    Parameters
    ----------
    sentences : list of list of str
        Words.
    vocab : dict, optional
        Number of each word; by default one is made, and grows with each new word.
    invalid_label : int, default -1
        Number that no word gets: it fills short sentences up.
    invalid_key : str
        Word of that number in a new vocabulary.
    start_label : int, default 0
        First number.
    unknown_token : str, optional
        Word that stands for those not in ``vocab``. As in MXNet, each of them gives it the next number.

    Returns
    -------
    encoded : list of list of int
        The sentences.
    vocab : dict
        The vocabulary, ``vocab`` itself if given.

    Raises
    ------
    InputError
        If a word is not in the given vocabulary and there is no ``unknown_token``.
    """
    grows = vocab is None
    vocab = {invalid_key: invalid_label} if vocab is None else vocab
    number = start_label
    encoded = []
    for sentence in sentences:
        numbers = []
        for word in sentence:
            if word not in vocab:
                if not (grows or unknown_token):
                    facts = {"argument": "sentences", "got": repr(word), "expected": f"one of {len(vocab)} words"}
                    hint = "name an unknown_token to stand for words that are not in vocab"
                    raise InputError(describe("a word is not in the vocabulary", operator="encode_sentences", facts=facts, hint=hint))
                if number == invalid_label:
                    number += 1
                word = unknown_token or word
                vocab[word] = number
                number += 1
            numbers.append(vocab[word])
        encoded.append(numbers)
    return encoded, vocab


class BucketSentenceIter(DataIter):
    """Batches for language models: sentences of like lengths together, labels the words that follow.

    Parameters
    ----------
    sentences : list of list of int
        Numbers of words, as `encode_sentences` makes them.
    batch_size : int
        Sentences in a batch; those that fill none are left out.
    buckets : list of int, optional
        Lengths to which sentences are filled up; longer ones are left out. By default, the lengths that at least
        ``batch_size`` sentences have.
    invalid_label : int, default -1
        What fills sentences up, and the label behind the last word.
    data_name, label_name : str
        Names in ``provide_data`` and ``provide_label``.
    dtype : str, default "float32"
        Type of the numbers.
    layout : {"NT", "TN"}
        Batch first, or time first.

    Raises
    ------
    ArgumentError
        If no bucket holds a sentence, or the layout is neither.

    Notes
    -----
    `reset` shuffles batches with Python's ``random`` and the sentences of a bucket with ``np.random``, as MXNet does.
    """

    def __init__(
        self,
        sentences: Sequence[Sequence[int]],
        batch_size: int,
        buckets: Sequence[int] | None = None,
        invalid_label: int = -1,
        data_name: str = "data",
        label_name: str = "softmax_label",
        dtype: Any = "float32",
        layout: str = "NT",
    ):
        super().__init__()
        axis = layout.find("N")
        if axis not in (0, 1):
            facts = {"argument": "layout", "got": repr(layout), "expected": "NT or TN"}
            raise ArgumentError(describe("the layout is not supported", operator="BucketSentenceIter", facts=facts))
        lengths = [len(sentence) for sentence in sentences]
        sizes = sorted(buckets) if buckets else [size for size, count in enumerate(np.bincount(lengths)) if count >= batch_size]
        filled: list[list[np.ndarray]] = [[] for _ in sizes]
        for sentence, length in zip(sentences, lengths, strict=True):
            place = bisect.bisect_left(sizes, length)
            if place < len(sizes):
                row = np.full((sizes[place],), invalid_label, dtype=dtype)
                row[:length] = sentence
                filled[place].append(row)
        if not any(filled):
            facts = {"argument": "buckets", "got": sizes, "expected": f"a length from {max(lengths, default=0)}, or a smaller batch_size"}
            raise ArgumentError(describe("no bucket holds a sentence", operator="BucketSentenceIter", facts=facts))
        left_out = len(lengths) - sum(map(len, filled))
        if left_out:
            logging.warning("BucketSentenceIter leaves out %d sentences that are longer than the largest bucket", left_out)
        self.data = [np.asarray(rows, dtype=dtype) for rows in filled if rows]
        self.buckets = [size for size, rows in zip(sizes, filled, strict=True) if rows]
        self.batch_size = batch_size
        self.data_name, self.label_name, self.dtype = data_name, label_name, dtype
        self.invalid_label, self.layout, self.major_axis = invalid_label, layout, axis
        self.default_bucket_key = max(self.buckets)
        whole = (batch_size, self.default_bucket_key) if axis == 0 else (self.default_bucket_key, batch_size)
        self.provide_data, self.provide_label = self._described(data_name, whole), self._described(label_name, whole)
        self.nddata: list[nd.NDArray] = []
        self.ndlabel: list[nd.NDArray] = []
        self.idx = [(bucket, first) for bucket, rows in enumerate(self.data) for first in range(0, len(rows) - batch_size + 1, batch_size)]
        self.curr_idx = 0
        self.reset()

    def _described(self, name: str, shape: tuple[int, ...]) -> list[DataDesc]:
        return [DataDesc(name=name, shape=shape, layout=self.layout)]

    def reset(self) -> None:
        """Shuffle, and begin again."""
        self.curr_idx = 0
        random.shuffle(self.idx)
        for rows in self.data:
            np.random.shuffle(rows)
        self.nddata = [nd.array(rows, dtype=self.dtype) for rows in self.data]
        ends = [np.full((len(rows), 1), self.invalid_label, rows.dtype) for rows in self.data]
        self.ndlabel = [nd.array(np.hstack([rows[:, 1:], end]), dtype=self.dtype) for rows, end in zip(self.data, ends, strict=True)]

    def next(self) -> DataBatch:
        """Return the next batch; its ``bucket_key`` is the length of its sentences."""
        if self.curr_idx == len(self.idx):
            raise StopIteration
        bucket, first = self.idx[self.curr_idx]
        self.curr_idx += 1
        rows = slice(first, first + self.batch_size)
        data, label = self.nddata[bucket][rows], self.ndlabel[bucket][rows]
        if self.major_axis == 1:
            data, label = data.T, label.T
        return DataBatch(
            [data],
            [label],
            pad=0,
            bucket_key=self.buckets[bucket],
            provide_data=self._described(self.data_name, data.shape),
            provide_label=self._described(self.label_name, label.shape),
        )
