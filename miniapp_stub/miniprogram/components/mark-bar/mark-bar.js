// A mark from 0 to 100 as a bar: its name, its number, and how sure it is.
Component({
  properties: { name: String, mark: String, bar: String, between: String, why: String },
});
