# Sixteen crystals in a container, with the versions of constraints.txt and torch's CPU build:
#
#     docker build -t crysvcd . && docker run --rm -v "$PWD":/crystals crysvcd
#
# Anything else that the command line can do comes after the image's name: `docker run --rm crysvcd label Fe3O4`.
# Not built by the tests (they read it, and run its commands without a container): please report what fails.
FROM python:3.11-slim

COPY constraints.txt /src/
RUN pip install --no-cache-dir -c /src/constraints.txt --index-url https://download.pytorch.org/whl/cpu --extra-index-url https://pypi.org/simple torch
COPY setup.py settings.ini README.md LICENSE MANIFEST.in /src/
COPY crysvcd /src/crysvcd
RUN pip install --no-cache-dir -c /src/constraints.txt /src && useradd --uid 1000 --create-home crysvcd && mkdir /crystals && chown crysvcd /crystals

USER crysvcd
WORKDIR /crystals
ENV OMP_NUM_THREADS=2 MPLBACKEND=agg CRYSVCD_CACHE=/tmp/crysvcd
ENTRYPOINT ["crysvcd"]
CMD ["generate", "16"]
