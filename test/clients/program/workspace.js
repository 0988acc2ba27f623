/** An ordinary program of `@googleapis/calendar`, `@googleapis/sheets` and `@googleapis/tasks`. */
import assert from "node:assert/strict";
import { endpoint, fails, load, passes, refused, runSteps, signIn } from "./steps.js";

const google = { ...load("@googleapis/calendar"), ...load("@googleapis/sheets"), ...load("@googleapis/tasks") };

const options = (scope) => ({
  rootUrl: `${endpoint}/`,
  auth: signIn([`https://www.googleapis.com/auth/${scope}`], google.auth),
});
const calendar = google.calendar({ version: "v3", ...options("calendar") });
const sheets = google.sheets({ version: "v4", ...options("spreadsheets") });
const tasks = google.tasks({ version: "v1", ...options("tasks") });

const calendarId = "primary";
let eventId;
let spreadsheetId;

await runSteps([
  passes("calendar: create an event with a time zone", async () => {
    const zone = { timeZone: "America/New_York" };
    const requestBody = {
      summary: "Dinner",
      start: { dateTime: "2026-12-24T18:00:00", ...zone },
      end: { dateTime: "2026-12-24T22:00:00", ...zone },
      recurrence: ["RRULE:FREQ=WEEKLY;COUNT=2"],
    };
    const { data } = await calendar.events.insert({ calendarId, sendUpdates: "none", requestBody });
    eventId = data.id;
    assert.equal(data.summary, "Dinner");
    assert.deepEqual(data.recurrence, requestBody.recurrence);
    assert.ok(data.etag);
  }),
  passes("calendar: change an event only if nothing else has", async () => {
    const { data } = await calendar.events.get({ calendarId, eventId });
    const headers = { "If-Match": data.etag };
    await calendar.events.patch({ calendarId, eventId, requestBody: { location: "Kitchen" } }, { headers });
    await fails(412, () =>
      calendar.events.patch({ calendarId, eventId, requestBody: { location: "Cellar" } }, { headers }),
    );
    assert.equal((await calendar.events.get({ calendarId, eventId })).data.location, "Kitchen");
  }),
  refused("calendar: list the events of a time", () =>
    calendar.events.list({ calendarId, timeMin: "2026-12-01T00:00:00Z", singleEvents: true }),
  ),
  passes("calendar: list and delete events", async () => {
    const { data } = await calendar.events.list({ calendarId });
    assert.deepEqual(
      data.items.map(({ id }) => id),
      [eventId],
    );
    await calendar.events.delete({ calendarId, eventId });
    assert.deepEqual((await calendar.events.list({ calendarId })).data.items ?? [], []);
  }),
  passes("calendar: create and delete a calendar", async () => {
    const { data } = await calendar.calendars.insert({ requestBody: { summary: "Kitchen" } });
    assert.equal((await calendar.calendars.get({ calendarId: data.id })).data.summary, "Kitchen");
    await calendar.calendars.delete({ calendarId: data.id });
    await fails(404, () => calendar.calendars.get({ calendarId: data.id }));
  }),
  passes("sheets: create and get a spreadsheet", async () => {
    const { data } = await sheets.spreadsheets.create({ requestBody: { properties: { title: "Orders" } } });
    spreadsheetId = data.spreadsheetId;
    assert.ok(spreadsheetId);
    const { data: read } = await sheets.spreadsheets.get({ spreadsheetId });
    assert.equal(read.properties.title, "Orders");
  }),
  refused("sheets: write values", () =>
    sheets.spreadsheets.values.update({
      spreadsheetId,
      range: "A1:B2",
      valueInputOption: "RAW",
      requestBody: { values: [["Soup", 4.5]] },
    }),
  ),
  refused("sheets: read values of two ranges", () =>
    sheets.spreadsheets.values.batchGet({ spreadsheetId, ranges: ["A1:B2", "C1"] }),
  ),
  passes("tasks: create, change, list and delete a task", async () => {
    const { data: list } = await tasks.tasklists.insert({ requestBody: { title: "Kitchen" } });
    const tasklist = list.id;
    const { data: task } = await tasks.tasks.insert({ tasklist, requestBody: { title: "Boil water" } });
    await tasks.tasks.update({ tasklist, task: task.id, requestBody: { ...task, notes: "Two liters" } });
    const { data: read } = await tasks.tasks.get({ tasklist, task: task.id });
    assert.equal(read.title, "Boil water");
    assert.equal(read.notes, "Two liters");
    const { data } = await tasks.tasks.list({ tasklist });
    assert.deepEqual(
      data.items.map(({ id }) => id),
      [task.id],
    );
    await tasks.tasks.delete({ tasklist, task: task.id });
    await fails(404, () => tasks.tasks.get({ tasklist, task: task.id }));
    await tasks.tasklists.delete({ tasklist });
    await fails(404, () => tasks.tasklists.get({ tasklist }));
  }),
]);
