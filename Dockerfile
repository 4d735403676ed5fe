# The reference server in a container: `docker build -t conformance-mock .`, `docker run -p 8080:8080 conformance-mock`.
FROM python:3.11-slim
RUN useradd --system --no-create-home --shell /usr/sbin/nologin conformance
WORKDIR /app
COPY requirements/run.txt requirements/run.txt
RUN pip install --no-cache-dir --require-hashes -r requirements/run.txt
COPY conformance conformance
COPY cases cases
COPY openapi openapi
COPY behaviours behaviours
COPY docs/report.schema.json docs/report.schema.json
USER conformance
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=2s CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8080/_health')"]
ENTRYPOINT ["python", "-m", "conformance.cli", "mock", "--host", "0.0.0.0", "--port", "8080"]
