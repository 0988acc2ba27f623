"""An ordinary program of googleapiclient with Calendar, Gmail, Sheets, Tasks and the Admin directory."""

import base64
from email.mime.text import MIMEText

from googleapiclient.http import MediaInMemoryUpload
from steps import Program, equal, fails, service

program = Program()
ids = {}


@program.passes("calendar: build the service from its document")
def _():
    global calendar
    calendar = service("calendar", "v3", ["https://www.googleapis.com/auth/calendar"])


@program.passes("calendar: create an event with a time zone")
def _():
    body = {
        "summary": "Dinner",
        "start": {"dateTime": "2026-12-24T18:00:00", "timeZone": "Europe/Berlin"},
        "end": {"dateTime": "2026-12-24T22:00:00", "timeZone": "Europe/Berlin"},
        "attendees": [{"email": "cook@example.com"}],
        "reminders": {"useDefault": False, "overrides": [{"method": "email", "minutes": 60}]},
    }
    event = calendar.events().insert(calendarId="primary", body=body).execute()
    ids["event"] = event["id"]
    equal((event["summary"], event["kind"]), ("Dinner", "calendar#event"))
    equal(event["attendees"], [{"email": "cook@example.com"}])


@program.passes("calendar: create an event of one day")
def _():
    body = {"summary": "Holiday", "start": {"date": "2026-12-25"}, "end": {"date": "2026-12-26"}}
    ids["day"] = calendar.events().insert(calendarId="primary", body=body).execute()["id"]


@program.passes("calendar: list events")
def _():
    items = calendar.events().list(calendarId="primary", maxResults=10).execute()["items"]
    equal(sorted(item["id"] for item in items), sorted([ids["event"], ids["day"]]))


@program.refused("calendar: list the events of a time")
def _():
    calendar.events().list(
        calendarId="primary", timeMin="2026-12-25T00:00:00Z", singleEvents=True, orderBy="startTime"
    ).execute()


@program.refused("calendar: search events")
def _():
    calendar.events().list(calendarId="primary", q="dinner").execute()


@program.passes("calendar: change an event")
def _():
    which = {"calendarId": "primary", "eventId": ids["event"]}
    calendar.events().patch(body={"location": "Kitchen"}, **which).execute()
    event = calendar.events().get(**which).execute()
    equal((event["summary"], event["location"]), ("Dinner", "Kitchen"))
    event["summary"] = "Late dinner"
    calendar.events().update(body=event, **which).execute()
    equal(calendar.events().get(**which).execute()["summary"], "Late dinner")


@program.passes("calendar: delete an event")
def _():
    which = {"calendarId": "primary", "eventId": ids["day"]}
    calendar.events().delete(**which).execute()
    items = calendar.events().list(calendarId="primary").execute()["items"]
    equal([item["id"] for item in items], [ids["event"]])


@program.passes("calendar: create, find and delete a calendar")
def _():
    made = calendar.calendars().insert(body={"summary": "Kitchen", "timeZone": "Europe/Berlin"}).execute()
    equal(calendar.calendars().get(calendarId=made["id"]).execute()["summary"], "Kitchen")
    body = {"summary": "Tea", "start": {"date": "2026-12-25"}, "end": {"date": "2026-12-26"}}
    event = calendar.events().insert(calendarId=made["id"], body=body).execute()
    equal([item["id"] for item in calendar.events().list(calendarId=made["id"]).execute()["items"]], [event["id"]])
    calendar.calendars().delete(calendarId=made["id"]).execute()
    fails(404, calendar.calendars().get(calendarId=made["id"]))


@program.passes("calendar: share a calendar")
def _():
    body = {"role": "reader", "scope": {"type": "user", "value": "cook@example.com"}}
    rule = calendar.acl().insert(calendarId="primary", body=body).execute()
    equal(calendar.acl().get(calendarId="primary", ruleId=rule["id"]).execute()["role"], "reader")
    calendar.acl().delete(calendarId="primary", ruleId=rule["id"]).execute()


@program.refused("calendar: ask who is free")
def _():
    body = {"timeMin": "2026-12-24T00:00:00Z", "timeMax": "2026-12-25T00:00:00Z", "items": [{"id": "primary"}]}
    calendar.freebusy().query(body=body).execute()


@program.passes("gmail: build the service from its document")
def _():
    global gmail
    gmail = service(
        "gmail", "v1", ["https://mail.google.com/", "https://www.googleapis.com/auth/gmail.settings.basic"]
    )


@program.passes("gmail: create, list, change and delete a label")
def _():
    labels = gmail.users().labels()
    body = {"name": "Orders", "labelListVisibility": "labelShow", "messageListVisibility": "show"}
    label = labels.create(userId="me", body=body).execute()
    equal("Orders" in [item["name"] for item in labels.list(userId="me").execute()["labels"]], True)
    labels.patch(userId="me", id=label["id"], body={"name": "Old orders"}).execute()
    equal(labels.get(userId="me", id=label["id"]).execute()["name"], "Old orders")
    labels.delete(userId="me", id=label["id"]).execute()
    fails(404, labels.get(userId="me", id=label["id"]))


def mail():
    message = MIMEText("Two teapots, please.")
    message["to"] = "cook@example.com"
    message["subject"] = "Order"
    return message.as_bytes()


@program.refused("gmail: send a message")
def _():
    raw = base64.urlsafe_b64encode(mail()).decode("ascii")
    gmail.users().messages().send(userId="me", body={"raw": raw}).execute()


@program.passes("gmail: insert a message as a file")
def _():
    media = MediaInMemoryUpload(mail(), mimetype="message/rfc822")
    message = gmail.users().messages().insert(userId="me", body={"labelIds": ["INBOX"]}, media_body=media).execute()
    ids["message"] = message["id"]
    equal(message["labelIds"], ["INBOX"])
    read = gmail.users().messages().get(userId="me", id=message["id"], format="minimal").execute()
    equal(read["id"], message["id"])


@program.refused("gmail: search messages")
def _():
    gmail.users().messages().list(userId="me", q="from:cook@example.com").execute()


@program.passes("gmail: create, get and delete a draft")
def _():
    raw = base64.urlsafe_b64encode(mail()).decode("ascii")
    drafts = gmail.users().drafts()
    draft = drafts.create(userId="me", body={"message": {"raw": raw}}).execute()
    equal(drafts.get(userId="me", id=draft["id"]).execute()["id"], draft["id"])
    drafts.delete(userId="me", id=draft["id"]).execute()
    fails(404, drafts.get(userId="me", id=draft["id"]))


@program.passes("gmail: read and change a setting")
def _():
    settings = gmail.users().settings()
    settings.updateVacation(userId="me", body={"enableAutoReply": True, "responseSubject": "Away"}).execute()
    equal(settings.getVacation(userId="me").execute()["responseSubject"], "Away")


@program.passes("gmail: read the profile")
def _():
    equal("emailAddress" in gmail.users().getProfile(userId="me").execute(), True)


@program.passes("sheets: build the service from its document")
def _():
    global sheets
    sheets = service("sheets", "v4", ["https://www.googleapis.com/auth/spreadsheets"])


@program.passes("sheets: create and get a spreadsheet")
def _():
    body = {"properties": {"title": "Orders"}, "sheets": [{"properties": {"title": "2026"}}]}
    sheet = sheets.spreadsheets().create(body=body, fields="spreadsheetId").execute()
    ids["sheet"] = sheet["spreadsheetId"]
    read = sheets.spreadsheets().get(spreadsheetId=ids["sheet"]).execute()
    equal(read["properties"]["title"], "Orders")
    equal(read["sheets"][0]["properties"]["title"], "2026")


@program.refused("sheets: write values")
def _():
    values = [["Soup", 4.5], ["Tea", 2]]
    sheets.spreadsheets().values().update(
        spreadsheetId=ids["sheet"], range="2026!A1:B2", valueInputOption="RAW", body={"values": values}
    ).execute()


@program.refused("sheets: read values")
def _():
    sheets.spreadsheets().values().get(spreadsheetId=ids["sheet"], range="2026!A1:B2").execute()


@program.refused("sheets: append values")
def _():
    sheets.spreadsheets().values().append(
        spreadsheetId=ids["sheet"], range="2026!A1", valueInputOption="RAW", body={"values": [["Cake", 3]]}
    ).execute()


@program.refused("sheets: add a sheet")
def _():
    body = {"requests": [{"addSheet": {"properties": {"title": "2027"}}}]}
    sheets.spreadsheets().batchUpdate(spreadsheetId=ids["sheet"], body=body).execute()


@program.passes("tasks: build the service from its document")
def _():
    global tasks
    tasks = service("tasks", "v1", ["https://www.googleapis.com/auth/tasks"])


@program.passes("tasks: create, list and change a list")
def _():
    made = tasks.tasklists().insert(body={"title": "Kitchen"}).execute()
    ids["list"] = made["id"]
    tasks.tasklists().patch(tasklist=ids["list"], body={"title": "Big kitchen"}).execute()
    equal(tasks.tasklists().get(tasklist=ids["list"]).execute()["title"], "Big kitchen")
    equal(ids["list"] in [item["id"] for item in tasks.tasklists().list().execute()["items"]], True)


@program.passes("tasks: create, complete, list and delete a task")
def _():
    task = tasks.tasks().insert(tasklist=ids["list"], body={"title": "Boil water"}).execute()
    which = {"tasklist": ids["list"], "task": task["id"]}
    tasks.tasks().patch(body={"status": "completed"}, **which).execute()
    equal(tasks.tasks().get(**which).execute()["status"], "completed")
    equal([item["title"] for item in tasks.tasks().list(tasklist=ids["list"]).execute()["items"]], ["Boil water"])
    tasks.tasks().delete(**which).execute()
    fails(404, tasks.tasks().get(**which))


@program.refused("tasks: move a task")
def _():
    task = tasks.tasks().insert(tasklist=ids["list"], body={"title": "Make tea"}).execute()
    tasks.tasks().move(tasklist=ids["list"], task=task["id"], parent="other").execute()


@program.passes("directory: build the service from its document")
def _():
    global directory
    scopes = ["https://www.googleapis.com/auth/admin.directory." + name for name in ("user", "group", "orgunit")]
    directory = service("admin", "directory_v1", scopes)


@program.passes("directory: create, find, change and delete a user")
def _():
    body = {
        "primaryEmail": "cook@example.com",
        "name": {"givenName": "Ada", "familyName": "Cook"},
        "password": "teapot-and-kettle",
    }
    user = directory.users().insert(body=body).execute()
    equal(directory.users().get(userKey=user["id"]).execute()["primaryEmail"], "cook@example.com")
    equal(directory.users().get(userKey="cook@example.com").execute()["id"], user["id"])
    directory.users().patch(userKey="cook@example.com", body={"suspended": True}).execute()
    equal(directory.users().get(userKey=user["id"]).execute()["suspended"], True)
    listed = directory.users().list(customer="my_customer", maxResults=10).execute()["users"]
    equal([item["primaryEmail"] for item in listed], ["cook@example.com"])
    directory.users().delete(userKey="cook@example.com").execute()
    fails(404, directory.users().get(userKey=user["id"]))


@program.passes("directory: create a group with a member")
def _():
    group = directory.groups().insert(body={"email": "cooks@example.com", "name": "Cooks"}).execute()
    equal(directory.groups().get(groupKey="cooks@example.com").execute()["id"], group["id"])
    body = {"email": "cook@example.com", "role": "MEMBER"}
    directory.members().insert(groupKey="cooks@example.com", body=body).execute()
    members = directory.members().list(groupKey=group["id"]).execute()["members"]
    equal([member["email"] for member in members], ["cook@example.com"])
    equal(directory.members().get(groupKey=group["id"], memberKey="cook@example.com").execute()["role"], "MEMBER")


program.run()
