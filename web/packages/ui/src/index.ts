export { Button, IconButton, StayButton, SwitchButton } from "./button";
export { Confirm, Dialog } from "./dialog";
export { type Choice, Choices, Picker, VolumeSlider } from "./field";
export { Icon, type IconName, Mark } from "./icons";
export { Picture, Sound } from "./media";
export { messages, type Messages, problemText } from "./messages";
export { type Shortcut, ShortcutsDialog, useShortcuts } from "./shortcuts";
export { Announcer, Audience, ConnectionBadge, Elapsed, LevelBar, LiveBadge, Notice, StatisticsTable } from "./status";
export { forgetTicket, parseTicket, type Ticket, TicketForm, useTicket } from "./ticket";
