// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"

#include <cmath>
#include <gtest/gtest.h>
#include <QApplication>
#include <QWidget>
#include <set>

namespace dorascope::ui {
namespace {

/// Relative luminance and contrast as WCAG 2.1 defines them.
double luminance(const QColor& color)
{
    const auto linear = [](double c) { return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}
double contrast(const QColor& a, const QColor& b)
{
    const double x = luminance(a), y = luminance(b);
    return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

class ThemeTest : public testing::TestWithParam<Appearance> {
protected:
    ThemeTest() { theme.setAppearance(GetParam()); }
    ~ThemeTest() override { theme.setAppearance(Appearance::light); }
    Theme& theme = Theme::current();
};

TEST_P(ThemeTest, EveryLetterCanBeReadOnItsColour)
{
    for (int type = 0; type <= 13; ++type) {
        const auto message = static_cast<MessageType>(type);
        EXPECT_GE(contrast(theme.messageColor(message), theme.messageInk(message)), 4.5) << "type " << type;
        EXPECT_GE(contrast(theme.messageText(message), theme.color(Role::card)), 4.5) << "type " << type;
    }
}

TEST_P(ThemeTest, EveryTextCanBeReadWhereItStands)
{
    for (const Role ground : {Role::card, Role::window, Role::hover, Role::selection})
        for (const Role text : {Role::text, Role::textMuted})
            EXPECT_GE(contrast(theme.color(text), theme.color(ground)), 4.5)
                << static_cast<int>(text) << " on " << static_cast<int>(ground);
    EXPECT_GE(contrast(theme.color(Role::good), theme.color(Role::goodSoft)), 4.5);
    EXPECT_GE(contrast(theme.color(Role::warning), theme.color(Role::warningSoft)), 4.5);
    EXPECT_GE(contrast(theme.color(Role::danger), theme.color(Role::dangerSoft)), 4.5);
    EXPECT_GE(contrast(theme.color(Role::danger), theme.color(Role::card)), 4.5);
    EXPECT_GE(contrast(theme.color(Role::accent), theme.color(Role::accentSoft)), 4.5);
    EXPECT_GE(contrast(theme.color(Role::accent), theme.color(Role::card)), 4.5);
}

TEST_P(ThemeTest, ThePaletteOfEveryWidgetFollows)
{
    QWidget widget;
    EXPECT_EQ(widget.palette().color(QPalette::Window), theme.color(Role::window));
    EXPECT_EQ(widget.palette().color(QPalette::Text), theme.color(Role::text));
}

INSTANTIATE_TEST_SUITE_P(Both, ThemeTest, testing::Values(Appearance::light, Appearance::dark),
                         [](const auto& row) { return std::string{row.param == Appearance::light ? "light" : "dark"}; });

TEST(Theme, AChangeIsTold)
{
    Theme& theme = Theme::current();
    theme.setAppearance(Appearance::light);
    int told = 0;
    const auto connection = QObject::connect(&theme, &Theme::changed, [&told] { ++told; });
    theme.setAppearance(Appearance::dark);
    theme.setAppearance(Appearance::dark);
    EXPECT_EQ(told, 1);
    EXPECT_TRUE(theme.isDark());
    theme.setAppearance(Appearance::light);
    QObject::disconnect(connection);
}

TEST(Theme, MessageColoursAreApart)
{
    Theme& theme = Theme::current();
    std::set<QRgb> seen;
    for (int type = 0; type <= 8; ++type)
        EXPECT_TRUE(seen.insert(theme.messageColor(static_cast<MessageType>(type)).rgb()).second) << type;
}

TEST(Icons, AllAreThereAndTakeTheirColour)
{
    for (const char* const name : {"record", "dot", "play", "stop", "pause", "step", "sun", "moon", "panel", "close", "copy",
                                   "search", "folder", "plug", "lab", "warning"}) {
        const QImage image = icon(QLatin1String(name), Qt::red).pixmap(16, 16).toImage();
        ASSERT_FALSE(image.isNull()) << name;
        bool red = false;
        for (int y = 0; y < image.height(); ++y)
            for (int x = 0; x < image.width(); ++x)
                red = red || (image.pixelColor(x, y).alpha() > 128 && image.pixelColor(x, y).red() > 200);
        EXPECT_TRUE(red) << name;
    }
    EXPECT_TRUE(icon(QStringLiteral("no-such-icon"), Qt::red).isNull());
}

} // namespace
} // namespace dorascope::ui
