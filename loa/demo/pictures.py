"""Generated pictures: drawn scenes, mirrored, tinted and cropped, so that each story has its own."""

from __future__ import annotations

import hashlib
import io
import random
from functools import lru_cache
from pathlib import Path

from django.core.files.base import ContentFile
from PIL import Image, ImageEnhance

from loa.newsroom.models import StoryImage

ART = Path(__file__).parent / "art"
SIZE = (1280, 800)
#: light of the day: (red, green, blue) factors
LIGHTS = [(1.0, 1.0, 1.0), (1.06, 1.0, 0.92), (0.94, 1.0, 1.06), (1.04, 0.98, 1.02), (0.97, 1.03, 0.97)]


@lru_cache(maxsize=16)
def _scene(name: str) -> Image.Image:
    return Image.open(ART / f"{name}.webp").convert("RGB")


def draw(name: str, rng: random.Random) -> bytes:
    """One picture of the scene `name` as JPEG, 1280 × 800."""
    scene = _scene(name)
    width, height = scene.size
    zoom = rng.uniform(0.82, 1.0)
    w = int(min(width, height * SIZE[0] / SIZE[1]) * zoom)
    h = int(w * SIZE[1] / SIZE[0])
    left, top = rng.randint(0, width - w), rng.randint(0, max(height - h, 0))
    picture = scene.crop((left, top, left + w, top + h)).resize(SIZE, Image.Resampling.BILINEAR)
    if rng.random() < 0.5:
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    factors = rng.choice(LIGHTS)
    picture = Image.merge(
        "RGB",
        [
            band.point(lambda v, f=f: min(int(v * f), 255))
            for band, f in zip(picture.split(), factors, strict=True)
        ],
    )
    picture = ImageEnhance.Color(picture).enhance(rng.uniform(0.88, 1.08))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=84)
    return out.getvalue()


def make_images(names: list[str], *, each: int, rng: random.Random) -> dict[str, list[StoryImage]]:
    """`each` pictures of every scene, stored as images that stories share. Returns them by scene."""
    made: dict[str, list[StoryImage]] = {}
    for name in names:
        for number in range(each):
            data = draw(name, rng)
            image = StoryImage(
                title=f"Tranh minh họa {name} {number + 1}",
                width=SIZE[0],
                height=SIZE[1],
                file_size=len(data),
                file_hash=hashlib.sha1(data, usedforsecurity=False).hexdigest(),
                credit="Tranh minh họa của Loa",
            )
            image.file.save(f"{name}-{number + 1}.jpg", ContentFile(data), save=False)
            image.width, image.height = SIZE
            made.setdefault(name, []).append(image)
    StoryImage.objects.bulk_create([image for images in made.values() for image in images])
    return made
