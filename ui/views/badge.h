// SPDX-License-Identifier: GPL-3.0-or-later
// The coloured square with a message's letter, the same wherever it is painted (UI.md: Look).
#pragma once

#include "engine/wire/message_type.h"

#include <QRectF>
#include <QString>

class QPainter;

namespace dorascope::ui {

/// A rounded box with `text` in the message type's colours; `hollow` for what was sent again.
void paintBadge(QPainter& painter, const QRectF& box, MessageType type, const QString& text, bool hollow = false);

} // namespace dorascope::ui
