# syntax=docker/dockerfile:1
FROM python:3.12-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY ajar ajar
COPY docs/reference/ajar.1 docs/reference/ajar.1
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --disable-pip-version-check .

FROM python:3.12-slim
COPY --from=build /venv /venv
# Nobody in particular: a mounted release is read, and nothing is written but the cache.
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin ajar && mkdir /cache && chown ajar /cache
ENV PATH=/venv/bin:$PATH AJAR_CACHE=/cache
USER 10001
WORKDIR /models
VOLUME /cache
ENTRYPOINT ["ajar"]
CMD ["--help"]
