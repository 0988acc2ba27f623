"""An ordinary program of googleapiclient with Drive."""

import io

from googleapiclient.http import MediaFileUpload, MediaInMemoryUpload, MediaIoBaseDownload, MediaIoBaseUpload
from steps import Program, equal, fails, patterned, service

program = Program()
ids = {}
LARGE = patterned(700_000)


@program.passes("build the service from its document")
def _():
    global drive
    drive = service("drive", "v3", ["https://www.googleapis.com/auth/drive"])


@program.passes("create a folder")
def _():
    body = {"name": "Orders", "mimeType": "application/vnd.google-apps.folder"}
    ids["folder"] = drive.files().create(body=body, fields="id").execute()["id"]


@program.passes("upload with metadata in one request")
def _():
    media = MediaInMemoryUpload(b"Two teapots.", mimetype="text/plain")
    body = {"name": "note.txt", "parents": [ids["folder"]]}
    file = drive.files().create(body=body, media_body=media).execute()
    ids["note"] = file["id"]
    equal((file["name"], file["mimeType"]), ("note.txt", "text/plain"))


@program.passes("upload bytes that look like a boundary")
def _():
    content = b"--===============0==\n\nContent-Type: text/plain\n\n--\n"
    media = MediaInMemoryUpload(content, mimetype="application/octet-stream")
    file = drive.files().create(body={"name": "odd"}, media_body=media).execute()
    equal(drive.files().get_media(fileId=file["id"]).execute(), content)
    drive.files().delete(fileId=file["id"]).execute()


@program.passes("upload without metadata")
def _():
    media = MediaInMemoryUpload(b"only content", mimetype="text/plain")
    file = drive.files().create(media_body=media).execute()
    equal(drive.files().get_media(fileId=file["id"]).execute(), b"only content")
    drive.files().delete(fileId=file["id"]).execute()


@program.passes("upload a file of the disk in chunks")
def _():
    with open("photo.png", "wb") as file:
        file.write(LARGE)
    media = MediaFileUpload("photo.png", chunksize=256 * 1024, resumable=True)
    request = drive.files().create(body={"name": "photo.png"}, media_body=media, fields="id,size,mimeType,md5Checksum")
    progress, response = [], None
    while not response:
        status, response = request.next_chunk()
        if status:
            progress.append(status.resumable_progress)
    equal(progress, [262_144, 524_288])
    equal((response["size"], response["mimeType"]), ("700000", "image/png"))
    ids["photo"] = response["id"]


@program.passes("upload a stream of unknown length in chunks")
def _():
    class Unknown(MediaIoBaseUpload):
        def size(self):
            return None

        def has_stream(self):
            return False

    media = Unknown(io.BytesIO(LARGE), mimetype="image/png", chunksize=512 * 1024, resumable=True)
    file = drive.files().create(body={"name": "stream.png"}, media_body=media, fields="id,size").execute()
    equal(file["size"], "700000")
    drive.files().delete(fileId=file["id"]).execute()


@program.passes("upload an empty file")
def _():
    media = MediaInMemoryUpload(b"", mimetype="text/plain")
    file = drive.files().create(body={"name": "empty"}, media_body=media, fields="id,size").execute()
    equal(file["size"], "0")
    drive.files().delete(fileId=file["id"]).execute()


@program.passes("download in chunks")
def _():
    target = io.BytesIO()
    download = MediaIoBaseDownload(target, drive.files().get_media(fileId=ids["photo"]), chunksize=300_000)
    done, chunks = False, 0
    while not done:
        _, done = download.next_chunk()
        chunks += 1
    equal(chunks, 3)
    equal(target.getvalue(), LARGE)


@program.passes("get metadata")
def _():
    file = drive.files().get(fileId=ids["note"], fields="name,parents,size,createdTime").execute()
    equal((file["name"], file["parents"], file["size"]), ("note.txt", [ids["folder"]], "12"))


@program.passes("list pages of files")
def _():
    names = []
    request = drive.files().list(pageSize=2, fields="nextPageToken,files(id,name)")
    while request is not None:
        response = request.execute()
        names += [file["name"] for file in response["files"]]
        request = drive.files().list_next(request, response)
    equal(sorted(names), ["Orders", "note.txt", "photo.png"])


@program.refused("search by name")
def _():
    drive.files().list(q="name = 'note.txt'").execute()


@program.refused("search with a query of 3,000 characters")
def _():
    drive.files().list(q=" or ".join("name = 'file %04d'" % number for number in range(140))).execute()


@program.passes("rename a file")
def _():
    drive.files().update(fileId=ids["note"], body={"name": "list.txt", "starred": True}).execute()
    equal(drive.files().get(fileId=ids["note"], fields="name,starred").execute(), {"name": "list.txt", "starred": True})


@program.passes("replace content")
def _():
    media = MediaInMemoryUpload(b"Nothing.", mimetype="text/plain")
    drive.files().update(fileId=ids["note"], media_body=media).execute()
    equal(drive.files().get_media(fileId=ids["note"]).execute(), b"Nothing.")
    equal(drive.files().get(fileId=ids["note"], fields="name,size").execute(), {"name": "list.txt", "size": "8"})


@program.passes("replace content and metadata in chunks")
def _():
    media = MediaIoBaseUpload(io.BytesIO(LARGE[:300_000]), mimetype="image/gif", chunksize=256 * 1024, resumable=True)
    request = drive.files().update(fileId=ids["photo"], body={"name": "photo.gif"}, media_body=media)
    response = None
    while not response:
        _, response = request.next_chunk()
    file = drive.files().get(fileId=ids["photo"], fields="name,size,mimeType").execute()
    equal(file, {"name": "photo.gif", "size": "300000", "mimeType": "image/gif"})


@program.passes("copy a file")
def _():
    copy = drive.files().copy(fileId=ids["photo"], body={"name": "copy.gif"}).execute()
    if copy["id"] == ids["photo"]:
        raise AssertionError("the copy is the file itself")
    equal(copy["name"], "copy.gif")
    equal(drive.files().get_media(fileId=copy["id"]).execute(), LARGE[:300_000])


@program.passes("share a file, change and withdraw that")
def _():
    body = {"type": "user", "role": "writer", "emailAddress": "cook@example.com"}
    permission = drive.permissions().create(fileId=ids["note"], body=body).execute()
    which = {"fileId": ids["note"], "permissionId": permission["id"]}
    drive.permissions().update(body={"role": "reader"}, **which).execute()
    equal(drive.permissions().get(**which).execute()["role"], "reader")
    listed = drive.permissions().list(fileId=ids["note"]).execute()["permissions"]
    equal(permission["id"] in [entry["id"] for entry in listed], True)
    drive.permissions().delete(**which).execute()
    fails(404, drive.permissions().get(**which))


@program.passes("comment and reply")
def _():
    comment = drive.comments().create(fileId=ids["note"], body={"content": "Why?"}, fields="id").execute()["id"]
    which = {"fileId": ids["note"], "commentId": comment}
    drive.replies().create(body={"content": "Because."}, fields="id", **which).execute()
    replies = drive.replies().list(fields="replies(content)", **which).execute()["replies"]
    equal(replies, [{"content": "Because."}])
    drive.comments().delete(**which).execute()


@program.passes("a batch of calls")
def _():
    responses, errors = {}, {}

    def collect(request_id, response, error):
        (errors if error else responses)[request_id] = error or response

    batch = drive.new_batch_http_request(callback=collect)
    batch.add(drive.files().get(fileId=ids["note"], fields="name"), request_id="note")
    batch.add(drive.files().create(body={"name": "from a batch"}, fields="id,name"), request_id="made")
    batch.add(drive.files().get(fileId="missing"), request_id="missing")
    batch.execute()
    equal(responses["note"], {"name": "list.txt"})
    equal(responses["made"]["name"], "from a batch")
    equal(errors["missing"].resp.status, 404)
    ids["batch"] = responses["made"]["id"]


@program.passes("a batch of deletions")
def _():
    results = []
    batch = drive.new_batch_http_request(callback=lambda *result: results.append(result))
    batch.add(drive.files().delete(fileId=ids["batch"]))
    batch.execute()
    equal([error for _, _, error in results], [None])
    fails(404, drive.files().get(fileId=ids["batch"]))


@program.refused("list the revisions of a file")
def _():
    drive.revisions().list(fileId=ids["note"]).execute()


@program.refused("export a document")
def _():
    body = {"name": "Menu", "mimeType": "application/vnd.google-apps.document"}
    file = drive.files().create(body=body).execute()
    drive.files().export(fileId=file["id"], mimeType="application/pdf").execute()


@program.passes("ask about the user")
def _():
    equal("user" in drive.about().get(fields="user").execute(), True)


@program.passes("delete a file")
def _():
    equal(drive.files().delete(fileId=ids["photo"]).execute() or "", "")
    fails(404, drive.files().get(fileId=ids["photo"]))
    fails(404, drive.files().get_media(fileId=ids["photo"]))


@program.passes("a token without the scope is not enough")
def _():
    other = service("drive", "v3", ["https://www.googleapis.com/auth/calendar"])
    fails(403, other.files().list())


program.run()
