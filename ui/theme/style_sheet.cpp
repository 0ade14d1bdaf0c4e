// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/style_sheet.h"

#include "ui/theme/theme.h"

#include <array>
#include <utility>

namespace dorascope::ui {
namespace {

constexpr auto kSheet = R"(
QWidget#bar, QWidget#statusStrip { background: @card; }
QWidget#bar { border-bottom: 1px solid @border; }
QWidget#statusStrip { border-top: 1px solid @border; }
QToolTip { background: @card; color: @text; border: 1px solid @border; padding: 4px 6px; }

QToolButton, QPushButton, QComboBox {
    background: @card; color: @text; border: 1px solid @border; border-radius: 6px; padding: 5px 12px; min-height: 20px;
}
QToolButton:hover, QPushButton:hover, QComboBox:hover { background: @hover; }
QToolButton:pressed, QPushButton:pressed, QToolButton:checked { background: @accentSoft; }
QToolButton:focus, QPushButton:focus, QComboBox:focus, QLineEdit:focus, QSpinBox:focus { border: 1px solid @accent; }
QToolButton:disabled, QPushButton:disabled, QComboBox:disabled, QLineEdit:disabled { color: @faint; }
QToolButton::menu-indicator { subcontrol-position: right center; right: 8px; width: 9px; height: 9px; image: url(:/icons/chevron-@mode.svg); }
QToolButton[popupMode="2"] { padding-right: 26px; text-align: left; }

*[kind="primary"] { background: @primary; color: white; border: 1px solid @primary; font-weight: 600; }
*[kind="primary"]:hover { background: @primaryHover; }
*[kind="primary"]:pressed { background: @primaryHover; }
*[kind="primary"]:focus { border: 1px solid @text; }
*[kind="primary"]:disabled { background: @border; border-color: @border; color: @faint; }
*[kind="live"] { background: @goodSoft; color: @good; border: 1px solid @goodEdge; font-weight: 600; }
*[kind="past"] { background: @warningSoft; color: @warning; border: 1px solid @warningEdge; font-weight: 600; }
*[kind="flat"] { background: transparent; border: 1px solid transparent; }
*[kind="small"] { padding: 1px 9px; min-height: 18px; color: @muted; }
*[kind="small"]:checked { background: @accentSoft; color: @accent; border: 1px solid @accentSoft; }
*[kind="small"]:focus { border: 1px solid @accent; }
*[kind="icon"] { background: transparent; border: 1px solid transparent; padding: 5px 7px; }
*[kind="icon"]:hover { background: @hover; }
*[kind="icon"]:focus { border: 1px solid @accent; }
*[kind="flat"]:hover { background: @hover; }
*[kind="flat"]:focus { border: 1px solid @accent; }
*[kind="link"] { background: transparent; border: none; color: @accent; padding: 0; text-align: left; }
*[kind="link"]:hover { text-decoration: underline; }
*[kind="link"]:focus { text-decoration: underline; }

QLineEdit, QSpinBox, QPlainTextEdit {
    background: @card; color: @text; border: 1px solid @border; border-radius: 6px; padding: 5px 10px; min-height: 20px;
    selection-background-color: @accent; selection-color: @onAccent;
}
QLineEdit QToolButton { background: transparent; border: none; padding: 0; margin: 0; min-height: 0; }
QLineEdit[invalid="true"] { border: 1px solid @danger; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: url(:/icons/chevron-@mode.svg); width: 9px; height: 9px; }
QComboBox QAbstractItemView { background: @card; border: 1px solid @border; selection-background-color: @selection; selection-color: @text; outline: none; }
QSpinBox::up-button, QSpinBox::down-button { width: 0; border: none; }

QMenu { background: @card; color: @text; border: 1px solid @border; padding: 6px; }
QMenu::item { padding: 6px 28px 6px 12px; border-radius: 4px; }
QMenu::item:selected { background: @selection; }
QMenu::item:disabled { color: @muted; }
QMenu::separator { height: 1px; background: @border; margin: 6px 4px; }
QMenu::section { color: @muted; }

QAbstractScrollArea { background: @card; border: none; }
QTableView { background: transparent; }
QTreeView, QListView { background: @card; }
QTableView, QTreeView, QListView { alternate-background-color: @hover; border: none; outline: none;
    selection-background-color: @selection; selection-color: @text; }
QHeaderView { background: transparent; border: none; }
QHeaderView::section { background: transparent; color: @muted; border: none; border-bottom: 1px solid @border; padding: 5px 8px; font-weight: 600; font-size: @headerSize; }
QHeaderView::section:first, QHeaderView::section:only-one { padding-left: 14px; }
QHeaderView::section:last { padding-right: 14px; }
QHeaderView::section:hover { color: @text; }
QTableCornerButton::section { background: @card; border: none; }
QScrollBar { background: transparent; border: none; margin: 0; }
QScrollBar:vertical { width: 10px; }
QScrollBar:horizontal { height: 10px; }
QScrollBar::handle { background: @scroll; border-radius: 3px; margin: 2px; min-height: 28px; min-width: 28px; }
QScrollBar::handle:hover { background: @faint; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QTabBar { background: transparent; }
QTabBar::tab { background: transparent; color: @muted; border: none; border-bottom: 2px solid transparent; padding: 6px 2px 6px 2px; margin-right: 28px; font-weight: 600; }
QTabBar::tab:selected { color: @accent; border-bottom: 2px solid @accent; }
QTabBar::tab:hover:!selected { color: @text; }
QTabBar::tab:focus { color: @accent; }
QSplitter::handle { background: transparent; }
QProgressBar { background: @hover; border: none; border-radius: 3px; max-height: 6px; }
QProgressBar::chunk { background: @accent; border-radius: 3px; }
)";

QColor mix(const QColor& a, const QColor& b, double share)
{
    const auto channel = [share](int x, int y) { return static_cast<int>(x + (y - x) * share + 0.5); };
    return QColor(channel(a.red(), b.red()), channel(a.green(), b.green()), channel(a.blue(), b.blue()));
}

} // namespace

QString styleSheet(const Theme& theme)
{
    const QColor primary = theme.messageColor(MessageType::ack);
    // Longer names first: @accentSoft must not be read as @accent.
    const std::array values{
        std::pair{"@accentSoft", theme.color(Role::accentSoft)},
        std::pair{"@accent", theme.color(Role::accent)},
        std::pair{"@onAccent", theme.color(Role::onAccent)},
        std::pair{"@primaryHover", mix(primary, Qt::black, 0.12)},
        std::pair{"@primary", primary},
        std::pair{"@goodEdge", mix(theme.color(Role::goodSoft), theme.color(Role::good), 0.35)},
        std::pair{"@goodSoft", theme.color(Role::goodSoft)},
        std::pair{"@good", theme.color(Role::good)},
        std::pair{"@warningEdge", mix(theme.color(Role::warningSoft), theme.color(Role::warning), 0.35)},
        std::pair{"@warningSoft", theme.color(Role::warningSoft)},
        std::pair{"@warning", theme.color(Role::warning)},
        std::pair{"@danger", theme.color(Role::danger)},
        std::pair{"@selection", theme.color(Role::selection)},
        std::pair{"@scroll", mix(theme.color(Role::card), theme.color(Role::textFaint), 0.45)},
        std::pair{"@border", theme.color(Role::cardBorder)},
        std::pair{"@hover", theme.color(Role::hover)},
        std::pair{"@card", theme.color(Role::card)},
        std::pair{"@muted", theme.color(Role::textMuted)},
        std::pair{"@faint", theme.color(Role::textFaint)},
        std::pair{"@text", theme.color(Role::text)},
    };
    QString sheet = QString::fromLatin1(kSheet);
    const double points = theme.textFont().pointSizeF();
    const QString size =
        points > 0 ? QStringLiteral("%1pt").arg(points * 0.92) : QStringLiteral("%1px").arg(theme.textFont().pixelSize() * 0.92);
    sheet.replace(QLatin1String("@headerSize"), size);
    for (const auto& [name, colour] : values)
        sheet.replace(QLatin1String(name), colour.name());
    return sheet.replace(QLatin1String("@mode"), QLatin1String(theme.isDark() ? "dark" : "light"));
}

} // namespace dorascope::ui
