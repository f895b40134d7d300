"""What happened meanwhile: a bell with a count and a panel, never a box in the way (`ui.md` 5.15)."""

from avise.ui.notifications.centre import Notification, NotificationCentre, notifications, notify

__all__ = ["Notification", "NotificationCentre", "notifications", "notify"]
