// SPDX-License-Identifier: GPL-3.0-or-later
// Colours, fonts and spacing of the window, in light and dark. The one place that knows a colour.
#pragma once

#include "engine/wire/message_type.h"

#include <QColor>
#include <QFont>
#include <QObject>

class QApplication;

namespace dorascope::ui {

enum class Appearance { system, light, dark };

/// Roles of colour. Each has one value a theme.
enum class Role {
    // clang-format off
    window, card, cardBorder, sidebar, text, textMuted, textFaint, accent, accentSoft, onAccent, selection, hover, gridLine,
    good, warning, danger, goodSoft, warningSoft, dangerSoft,
    addressFree, addressOffered, addressBound, addressReserved, addressConflict, addressExpired, addressExcluded,
    chartLine, chartFill, count_
    // clang-format on
};

class Theme : public QObject {
    Q_OBJECT
public:
    /// The application's theme; lives as long as the QApplication it was installed on.
    static Theme& of(QApplication& app);
    static Theme& current();

    void setAppearance(Appearance appearance); ///< re-polishes every widget; emits changed()
    Appearance appearance() const { return appearance_; }
    bool isDark() const { return dark_; }

    QColor color(Role role) const;
    /// The message type's colour: fill of its letter badge, and of its arrow. Contrast with messageInk ≥ 4.5 : 1.
    QColor messageColor(MessageType type) const;
    QColor messageInk(MessageType type) const; ///< letter on that fill
    QColor messageText(MessageType type) const; ///< as text on a card

    QFont textFont() const; ///< the system's
    QFont numberFont() const; ///< the system's fixed font, same size
    QFont smallFont() const;
    QFont headingFont() const;
    /// Other fonts than the system's, e.g. for pictures that must look the same everywhere.
    void setFonts(const QFont& text, const QFont& number);

signals:
    void changed();

private:
    explicit Theme(QApplication& app);
    void apply();
    QApplication& app_;
    Appearance appearance_ = Appearance::system;
    bool systemIsDark_ = false; ///< as the platform's palette stood before ours replaced it
    bool dark_ = false;
    QFont text_, number_;
};

} // namespace dorascope::ui
