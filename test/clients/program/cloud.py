"""An ordinary program of googleapiclient with Cloud Storage, BigQuery and Pub/Sub."""

import base64
import io

from googleapiclient.http import MediaInMemoryUpload, MediaIoBaseDownload, MediaIoBaseUpload
from steps import Program, equal, fails, patterned, service

program = Program()
LARGE = patterned(600_000)
PROJECT = "example-123"
TOPIC = "projects/example-123/topics/orders"
SUBSCRIPTION = "projects/example-123/subscriptions/kitchen"


@program.passes("storage: build the service from its document")
def _():
    global storage
    storage = service("storage", "v1", ["https://www.googleapis.com/auth/cloud-platform"])


@program.passes("storage: create a bucket")
def _():
    bucket = storage.buckets().insert(project=PROJECT, body={"name": "orders", "location": "EU"}).execute()
    equal((bucket["name"], bucket["id"], bucket["location"]), ("orders", "orders", "EU"))
    equal(bucket["kind"], "storage#bucket")
    fails(409, storage.buckets().insert(project=PROJECT, body={"name": "orders"}))


@program.passes("storage: upload in one request")
def _():
    media = MediaInMemoryUpload(b"Two teapots.", mimetype="text/plain")
    made = storage.objects().insert(bucket="orders", name="2026/a.txt", media_body=media).execute()
    equal((made["name"], made["size"], made["contentType"]), ("2026/a.txt", "12", "text/plain"))


@program.passes("storage: upload with metadata in one request")
def _():
    media = MediaInMemoryUpload(b"A kettle.", mimetype="text/plain")
    body = {"name": "2026/b.txt", "metadata": {"shelf": "2"}}
    made = storage.objects().insert(bucket="orders", body=body, media_body=media).execute()
    equal((made["name"], made["metadata"]), ("2026/b.txt", {"shelf": "2"}))


@program.passes("storage: upload in chunks")
def _():
    media = MediaIoBaseUpload(io.BytesIO(LARGE), mimetype="image/png", chunksize=256 * 1024, resumable=True)
    request = storage.objects().insert(bucket="orders", name="large.bin", media_body=media)
    response = None
    while not response:
        _, response = request.next_chunk()
    equal((response["size"], response["contentType"]), ("600000", "image/png"))


@program.passes("storage: download in chunks")
def _():
    target = io.BytesIO()
    request = storage.objects().get_media(bucket="orders", object="large.bin")
    download = MediaIoBaseDownload(target, request, chunksize=250_000)
    done = False
    while not done:
        _, done = download.next_chunk()
    equal(target.getvalue(), LARGE)


@program.passes("storage: list by prefix and delimiter")
def _():
    listed = storage.objects().list(bucket="orders", prefix="2026/").execute()
    equal([item["name"] for item in listed["items"]], ["2026/a.txt", "2026/b.txt"])
    folders = storage.objects().list(bucket="orders", delimiter="/").execute()
    equal((folders["prefixes"], [item["name"] for item in folders["items"]]), (["2026/"], ["large.bin"]))


@program.passes("storage: list pages of objects")
def _():
    names = []
    request = storage.objects().list(bucket="orders", maxResults=1)
    while request is not None:
        response = request.execute()
        names += [item["name"] for item in response.get("items", [])]
        request = storage.objects().list_next(request, response)
    equal(names, ["2026/a.txt", "2026/b.txt", "large.bin"])


@program.passes("storage: change the metadata of an object")
def _():
    which = {"bucket": "orders", "object": "2026/a.txt"}
    storage.objects().patch(body={"cacheControl": "no-cache"}, **which).execute()
    made = storage.objects().get(**which).execute()
    equal((made["cacheControl"], made["contentType"], made["metageneration"]), ("no-cache", "text/plain", "2"))


@program.passes("storage: copy, rewrite and compose objects")
def _():
    source = {"sourceBucket": "orders", "sourceObject": "2026/a.txt", "destinationBucket": "orders"}
    storage.objects().copy(destinationObject="copy.txt", body={}, **source).execute()
    rewritten = storage.objects().rewrite(destinationObject="rewritten.txt", body={}, **source).execute()
    equal((rewritten["done"], rewritten["resource"]["name"]), (True, "rewritten.txt"))
    parts = [{"name": "copy.txt"}, {"name": "2026/b.txt"}]
    storage.objects().compose(
        destinationBucket="orders", destinationObject="both.txt", body={"sourceObjects": parts}
    ).execute()
    equal(storage.objects().get_media(bucket="orders", object="both.txt").execute(), b"Two teapots.A kettle.")


@program.passes("storage: delete only a known generation")
def _():
    which = {"bucket": "orders", "object": "copy.txt"}
    fails(412, storage.objects().delete(ifGenerationMatch="1", **which))
    generation = storage.objects().get(**which).execute()["generation"]
    storage.objects().delete(ifGenerationMatch=generation, **which).execute()
    fails(404, storage.objects().get(**which))


@program.passes("storage: a batch of deletions")
def _():
    errors = []
    batch = storage.new_batch_http_request(callback=lambda _id, _response, error: errors.append(error))
    for name in ("both.txt", "rewritten.txt"):
        batch.add(storage.objects().delete(bucket="orders", object=name))
    batch.execute()
    equal(errors, [None, None])
    fails(404, storage.objects().get(bucket="orders", object="both.txt"))


@program.passes("storage: change access to a bucket")
def _():
    acl = storage.bucketAccessControls()
    acl.insert(bucket="orders", body={"entity": "allUsers", "role": "READER"}).execute()
    equal(acl.get(bucket="orders", entity="allUsers").execute()["role"], "READER")
    acl.delete(bucket="orders", entity="allUsers").execute()
    fails(404, acl.get(bucket="orders", entity="allUsers"))


@program.passes("bigquery: build the service from its document")
def _():
    global bigquery
    bigquery = service("bigquery", "v2", ["https://www.googleapis.com/auth/bigquery"])


@program.passes("bigquery: create and list datasets")
def _():
    for name in ("kitchen", "cellar"):
        bigquery.datasets().insert(projectId=PROJECT, body={"datasetReference": {"datasetId": name}}).execute()
    listed = bigquery.datasets().list(projectId=PROJECT).execute()["datasets"]
    equal(sorted(item["datasetReference"]["datasetId"] for item in listed), ["cellar", "kitchen"])
    equal(sorted(item["id"] for item in listed), ["example-123:cellar", "example-123:kitchen"])


@program.passes("bigquery: create a table, add a column, list tables")
def _():
    which = {"projectId": PROJECT, "datasetId": "kitchen"}
    body = {"tableReference": {"tableId": "orders"}, "schema": {"fields": [{"name": "id", "type": "INTEGER"}]}}
    made = bigquery.tables().insert(body=body, **which).execute()
    equal(made["id"], "example-123:kitchen.orders")
    fields = [{"name": "id", "type": "INTEGER"}, {"name": "title", "type": "STRING"}]
    bigquery.tables().patch(tableId="orders", body={"schema": {"fields": fields}}, **which).execute()
    equal(bigquery.tables().get(tableId="orders", **which).execute()["schema"]["fields"], fields)
    equal([item["id"] for item in bigquery.tables().list(**which).execute()["tables"]], ["example-123:kitchen.orders"])


@program.refused("bigquery: query")
def _():
    bigquery.jobs().query(projectId=PROJECT, body={"query": "SELECT 1", "useLegacySql": False}).execute()


@program.refused("bigquery: query by a job")
def _():
    body = {"configuration": {"query": {"query": "SELECT 1"}}}
    bigquery.jobs().insert(projectId=PROJECT, body=body).execute()


@program.refused("bigquery: load a file")
def _():
    media = MediaInMemoryUpload(b"1,Soup\n", mimetype="application/octet-stream")
    table = {"projectId": PROJECT, "datasetId": "kitchen", "tableId": "orders"}
    body = {"configuration": {"load": {"destinationTable": table, "sourceFormat": "CSV"}}}
    bigquery.jobs().insert(projectId=PROJECT, body=body, media_body=media).execute()


@program.refused("bigquery: insert rows")
def _():
    which = {"projectId": PROJECT, "datasetId": "kitchen", "tableId": "orders"}
    bigquery.tabledata().insertAll(body={"rows": [{"json": {"id": 1}}]}, **which).execute()


@program.passes("bigquery: delete a table and a dataset")
def _():
    which = {"projectId": PROJECT, "datasetId": "kitchen"}
    bigquery.tables().delete(tableId="orders", **which).execute()
    fails(404, bigquery.tables().get(tableId="orders", **which))
    bigquery.datasets().delete(**which).execute()
    fails(404, bigquery.datasets().get(**which))


@program.passes("pubsub: build the service from its document")
def _():
    global pubsub
    pubsub = service("pubsub", "v1", ["https://www.googleapis.com/auth/pubsub"])


@program.passes("pubsub: create, list and change topics")
def _():
    topics = pubsub.projects().topics()
    equal(topics.create(name=TOPIC, body={}).execute()["name"], TOPIC)
    topics.create(name=TOPIC + "2", body={"labels": {"team": "kitchen"}}).execute()
    fails(409, topics.create(name=TOPIC, body={}))
    topics.patch(name=TOPIC, body={"topic": {"labels": {"a": "b"}}, "updateMask": "labels"}).execute()
    equal(topics.get(topic=TOPIC).execute()["labels"], {"a": "b"})
    equal(sorted(topic["name"] for topic in topics.list(project="projects/" + PROJECT).execute()["topics"]), [TOPIC, TOPIC + "2"])


@program.passes("pubsub: create, list and change subscriptions")
def _():
    subscriptions = pubsub.projects().subscriptions()
    made = subscriptions.create(name=SUBSCRIPTION, body={"topic": TOPIC, "ackDeadlineSeconds": 20}).execute()
    equal((made["name"], made["topic"], made["ackDeadlineSeconds"]), (SUBSCRIPTION, TOPIC, 20))
    body = {"subscription": {"ackDeadlineSeconds": 60}, "updateMask": "ackDeadlineSeconds"}
    subscriptions.patch(name=SUBSCRIPTION, body=body).execute()
    equal(subscriptions.get(subscription=SUBSCRIPTION).execute()["ackDeadlineSeconds"], 60)
    listed = subscriptions.list(project="projects/" + PROJECT).execute()["subscriptions"]
    equal([item["name"] for item in listed], [SUBSCRIPTION])


@program.passes("pubsub: change the IAM policy of a topic")
def _():
    topics = pubsub.projects().topics()
    bindings = [{"role": "roles/pubsub.publisher", "members": ["user:cook@example.com"]}]
    topics.setIamPolicy(resource=TOPIC, body={"policy": {"bindings": bindings}}).execute()
    equal(topics.getIamPolicy(resource=TOPIC).execute()["bindings"], bindings)


@program.refused("pubsub: publish a message")
def _():
    data = base64.b64encode(b"two teapots").decode("ascii")
    pubsub.projects().topics().publish(topic=TOPIC, body={"messages": [{"data": data}]}).execute()


@program.refused("pubsub: pull messages")
def _():
    pubsub.projects().subscriptions().pull(subscription=SUBSCRIPTION, body={"maxMessages": 1}).execute()


@program.passes("pubsub: delete a subscription and a topic")
def _():
    pubsub.projects().subscriptions().delete(subscription=SUBSCRIPTION).execute()
    fails(404, pubsub.projects().subscriptions().get(subscription=SUBSCRIPTION))
    pubsub.projects().topics().delete(topic=TOPIC).execute()
    fails(404, pubsub.projects().topics().get(topic=TOPIC))


program.run()
