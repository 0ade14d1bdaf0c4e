// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme.h"

#include "ui/theme/style_sheet.h"

#include <QApplication>
#include <QFontDatabase>
#include <QPalette>
#include <QStyleFactory>
#include <QStyleHints>

#include <array>
#include <cmath>

/// Outside the namespace, as Qt wants it: the icons lie in a static library, whose initialisers nobody else would pull in.
static void registerIcons() { Q_INIT_RESOURCE(dorascope); }

namespace dorascope::ui {
namespace {

struct RoleRow {
    Role role;
    QRgb light, dark;
};

// Muted text keeps 4.5 : 1 on card and window in both themes; faint text is for what repeats elsewhere (tests/ui holds them to it).
constexpr std::array kRoles{
    RoleRow{Role::window, 0xfff6f7f9, 0xff14181f},
    RoleRow{Role::card, 0xffffffff, 0xff1c222b},
    RoleRow{Role::cardBorder, 0xffe4e7ec, 0xff2c3440},
    RoleRow{Role::sidebar, 0xffffffff, 0xff1a1f27},
    RoleRow{Role::text, 0xff1f242b, 0xffe7ebf1},
    RoleRow{Role::textMuted, 0xff616c7e, 0xffa0abba},
    RoleRow{Role::textFaint, 0xff8a94a4, 0xff7a8697},
    RoleRow{Role::accent, 0xff2563d9, 0xff6ea0ff},
    RoleRow{Role::accentSoft, 0xffe8f0fe, 0xff243657},
    RoleRow{Role::onAccent, 0xffffffff, 0xff0d1522},
    RoleRow{Role::selection, 0xffe8f0fe, 0xff263a5c},
    RoleRow{Role::hover, 0xfff3f5f8, 0xff242b36},
    RoleRow{Role::gridLine, 0xfff0f2f5, 0xff272e39},
    RoleRow{Role::good, 0xff007d5a, 0xff34c79a},
    RoleRow{Role::warning, 0xff946000, 0xfff0b429},
    RoleRow{Role::danger, 0xffba4c00, 0xffff8a47},
    RoleRow{Role::goodSoft, 0xffecfdf3, 0xff15332b},
    RoleRow{Role::warningSoft, 0xfffff8e6, 0xff3a2f14},
    RoleRow{Role::dangerSoft, 0xfffff4ed, 0xff3d2415},
    RoleRow{Role::addressFree, 0xffe6e9ee, 0xff323a46},
    RoleRow{Role::addressOffered, 0xffe69f00, 0xffe69f00},
    RoleRow{Role::addressBound, 0xff009e73, 0xff1fae83},
    RoleRow{Role::addressReserved, 0xff8a94a4, 0xff8a97a8},
    RoleRow{Role::addressConflict, 0xffd55e00, 0xffe87422},
    RoleRow{Role::addressExpired, 0xffcfe6dd, 0xff2b4a40},
    RoleRow{Role::addressExcluded, 0xffd5dae2, 0xff3c4552},
    RoleRow{Role::chartLine, 0xff1f242b, 0xffe7ebf1},
    RoleRow{Role::chartFill, 0xffdfe9fb, 0xff263a5c},
};
static_assert(kRoles.size() == static_cast<std::size_t>(Role::count_));

constexpr bool rolesInOrder()
{
    for (std::size_t i = 0; i < kRoles.size(); ++i)
        if (static_cast<std::size_t>(kRoles[i].role) != i) return false;
    return true;
}
static_assert(rolesInOrder(), "color() indexes the table by role");

struct MessageRow {
    MessageType type;
    QRgb fill, ink; ///< the same in both themes, so that a letter is learnt once
    QRgb lightText, darkText;
};
// D blue, O amber, R purple, A green, N vermilion, X L I greys and browns. The last row is for every other type.
constexpr std::array kMessages{
    MessageRow{MessageType::discover, 0xff2b67df, 0xffffffff, 0xff2563d9, 0xff7eabff},
    MessageRow{MessageType::offer, 0xffe69f00, 0xff2a1d00, 0xff946000, 0xfff0b429},
    MessageRow{MessageType::request, 0xff8552bd, 0xffffffff, 0xff7f49ba, 0xffc09bf0},
    MessageRow{MessageType::ack, 0xff00805c, 0xffffffff, 0xff007d5a, 0xff34c79a},
    MessageRow{MessageType::nak, 0xffc25000, 0xffffffff, 0xffc04f00, 0xffff8a47},
    MessageRow{MessageType::decline, 0xff8a5a3c, 0xffffffff, 0xff87563a, 0xffd3a384},
    MessageRow{MessageType::release, 0xff5c6778, 0xffffffff, 0xff5c6778, 0xffa9b5c5},
    MessageRow{MessageType::inform, 0xff7a6a4f, 0xffffffff, 0xff75654b, 0xffc7b594},
    MessageRow{MessageType::none, 0xff666e7b, 0xffffffff, 0xff616c7e, 0xffa0abba},
};

const MessageRow& messageRow(MessageType type)
{
    for (const MessageRow& row : kMessages)
        if (row.type == type) return row;
    return kMessages.back();
}

/// The family a platform asks for is often an alias ("Helvetica", "Monospace"). Where it is one, ours is better than a guess.
QFont preferInstalled(QFont font, const QString& ours)
{
    if (!QFontDatabase::hasFamily(font.family()) && QFontDatabase::hasFamily(ours)) font.setFamily(ours);
    return font;
}

QFont scaled(QFont font, double factor, QFont::Weight weight)
{
    if (font.pointSizeF() > 0)
        font.setPointSizeF(font.pointSizeF() * factor);
    else
        font.setPixelSize(static_cast<int>(std::lround(font.pixelSize() * factor)));
    font.setWeight(weight);
    return font;
}

} // namespace

Theme& Theme::of(QApplication& app)
{
    if (auto* existing = app.findChild<Theme*>(QString(), Qt::FindDirectChildrenOnly)) return *existing;
    return *new Theme(app); // owned by the application
}

Theme& Theme::current()
{
    Q_ASSERT(qApp != nullptr);
    return of(*static_cast<QApplication*>(QCoreApplication::instance()));
}

Theme::Theme(QApplication& app) : QObject(&app), app_(app)
{
    registerIcons();
    const QPalette platform = QApplication::palette();
    systemIsDark_ = platform.color(QPalette::Window).lightness() < platform.color(QPalette::WindowText).lightness();
    text_ = preferInstalled(QApplication::font(), QStringLiteral("Inter"));
    number_ = preferInstalled(QFontDatabase::systemFont(QFontDatabase::FixedFont), QStringLiteral("JetBrains Mono"));
    if (text_.pointSizeF() > 0 && text_.pointSizeF() < 9.75)
        text_.setPointSizeF(9.75); // 13 px at 96 dpi: Qt's fallback of 9 pt strains
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    connect(QGuiApplication::styleHints(), &QStyleHints::colorSchemeChanged, this, [this] {
        if (appearance_ == Appearance::system) apply();
    });
#endif
    apply();
}

void Theme::setAppearance(Appearance appearance)
{
    if (appearance_ == appearance) return;
    appearance_ = appearance;
    apply();
}

void Theme::setFonts(const QFont& text, const QFont& number)
{
    text_ = text;
    number_ = number;
    apply();
}

void Theme::apply()
{
    dark_ = appearance_ == Appearance::dark || (appearance_ == Appearance::system && systemIsDark_);
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    if (appearance_ == Appearance::system) dark_ = QGuiApplication::styleHints()->colorScheme() == Qt::ColorScheme::Dark;
#endif
    QPalette p;
    const auto set = [&](std::initializer_list<QPalette::ColorRole> roles, Role value) {
        for (const auto role : roles)
            p.setColor(role, color(value));
    };
    set({QPalette::Window}, Role::window);
    set({QPalette::Base, QPalette::Button, QPalette::ToolTipBase, QPalette::Light, QPalette::Midlight}, Role::card);
    set({QPalette::AlternateBase}, Role::hover);
    set({QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::ToolTipText, QPalette::BrightText}, Role::text);
    set({QPalette::PlaceholderText}, Role::textMuted);
    set({QPalette::Mid, QPalette::Dark, QPalette::Shadow}, Role::cardBorder);
    set({QPalette::Highlight}, Role::selection);
    set({QPalette::HighlightedText}, Role::text);
    set({QPalette::Link, QPalette::LinkVisited}, Role::accent);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        p.setColor(QPalette::Disabled, role, color(Role::textFaint));
    QApplication::setFont(text_);
    QApplication::setPalette(p);
    app_.setStyleSheet(styleSheet(*this));
    Q_EMIT changed();
}

QColor Theme::color(Role role) const
{
    const RoleRow& row = kRoles[static_cast<std::size_t>(role)];
    return QColor::fromRgb(dark_ ? row.dark : row.light);
}

QColor Theme::messageColor(MessageType type) const { return QColor::fromRgb(messageRow(type).fill); }
QColor Theme::messageInk(MessageType type) const { return QColor::fromRgb(messageRow(type).ink); }
QColor Theme::messageText(MessageType type) const
{
    const MessageRow& row = messageRow(type);
    return QColor::fromRgb(dark_ ? row.darkText : row.lightText);
}

QFont Theme::textFont() const { return text_; }
QFont Theme::numberFont() const
{
    QFont font = number_;
    if (text_.pointSizeF() > 0)
        font.setPointSizeF(text_.pointSizeF());
    else
        font.setPixelSize(text_.pixelSize());
    return font;
}
QFont Theme::smallFont() const { return scaled(text_, 0.86, QFont::Normal); }
QFont Theme::headingFont() const { return scaled(text_, 1.13, QFont::DemiBold); }

} // namespace dorascope::ui
