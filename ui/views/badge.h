// SPDX-License-Identifier: GPL-3.0-or-later
// The coloured square with a message's letter, the same wherever it is painted.
#pragma once

#include "engine/wire/message_type.h"

#include <QRectF>
#include <QString>

class QPainter;

namespace dorascope::ui {

enum class BadgeLook { plain, repeated /* sent again: hollow, dashed */, competing /* another server's: ringed */ };
/// A rounded box with `text` in the message type's colours.
void paintBadge(QPainter& painter, const QRectF& box, MessageType type, const QString& text, BadgeLook look = BadgeLook::plain);

} // namespace dorascope::ui
