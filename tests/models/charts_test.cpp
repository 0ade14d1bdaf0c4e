// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/models/watched_lan.h"
#include "ui/charts/chart_view.h"
#include "ui/charts/charts_page.h"

#include <gtest/gtest.h>

#include <QAreaSeries>
#include <QChart>
#include <QChartView>
#include <QFontMetricsF>
#include <QGraphicsTextItem>
#include <QImage>
#include <QLabel>
#include <QLineSeries>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

namespace dorascope::models::test {
namespace {

using ui::ChartsPage;

QList<QChart*> chartsOf(const ChartsPage& page)
{
    QList<QChart*> charts;
    for (auto* view : page.findChildren<QChartView*>())
        charts << view->chart();
    return charts;
}
qsizetype pointsIn(const ChartsPage& page)
{
    qsizetype points = 0;
    for (auto* chart : chartsOf(page))
        for (auto* series : chart->series())
            if (auto* area = qobject_cast<QAreaSeries*>(series)) points += area->upperSeries()->count();
    return points;
}

TEST(ChartsPage, SaysSoWhenNothingWasSeen)
{
    Scope scope;
    ChartsPage page{scope};
    page.resize(800, 600);
    page.show();
    bool said = false;
    for (const auto* label : page.findChildren<QLabel*>())
        said = said || (label->isVisible() && label->text().contains("Nothing seen yet"));
    EXPECT_TRUE(said);
    EXPECT_EQ(page.toCsv().count("\r\n"), 1) << "the heading alone";
}

TEST(ChartsPage, NumbersOnTheAxisHaveRoomInASmallWindow)
{
    WatchedLab lan{"three-clients"};
    lan.runs(2s);
    ChartsPage page{lan.scope};
    page.resize(540, 300);
    page.show();
    page.refresh();
    for (const auto* view : page.findChildren<ui::ChartView*>()) {
        const double step = view->chart()->plotArea().height() / (view->valueAxis().tickCount() - 1);
        EXPECT_GT(step, QFontMetricsF{view->valueAxis().labelsFont()}.height()) << view->accessibleName().toStdString();
    }
}

TEST(ChartsPage, TheAxisLabelsItsGreatestValueAlsoInASmallWindow)
{
    WatchedLab lan{"three-clients"};
    lan.runs(2s);
    for (const int height : {300, 420, 900}) {
        ChartsPage page{lan.scope};
        page.resize(540, height);
        page.show();
        page.refresh();
        QCoreApplication::processEvents();
        for (const auto* view : page.findChildren<ui::ChartView*>()) {
            const auto& axis = view->valueAxis();
            const auto label = QString::asprintf(qPrintable(axis.labelFormat()), axis.max());
            const auto items = view->scene()->items();
            EXPECT_TRUE(std::ranges::any_of(items,
                                            [&](const QGraphicsItem* item) {
                                                const auto* text = dynamic_cast<const QGraphicsTextItem*>(item);
                                                return text != nullptr && text->isVisible() && text->toPlainText() == label;
                                            }))
                << view->accessibleName().toStdString() << " at " << height << ": no " << qPrintable(label);
        }
    }
}

TEST(ChartsPage, ShowsAtMostAPointAPixel)
{
    WatchedLab lan{"office"};
    lan.runs(2h);
    ChartsPage page{lan.scope};
    page.resize(800, 600);
    page.show();
    page.refresh();
    EXPECT_EQ(chartsOf(page).size(), 2);
    EXPECT_GT(pointsIn(page), 0);
    EXPECT_LE(pointsIn(page), 10 * 2 * 800 / 4);
}

TEST(ChartsPage, IsRedrawnLaterAndOnlyWhileShown)
{
    WatchedLab lan{"office"};
    lan.runs(10s);
    ChartsPage page{lan.scope};
    page.resize(800, 600);
    const auto csv = page.toCsv();
    lan.runs(60s);
    QTest::qWait(400);
    EXPECT_EQ(page.toCsv(), csv) << "hidden: no work";
    page.show();
    EXPECT_NE(page.toCsv(), csv);
    const auto shown = page.toCsv();
    lan.runs(60s);
    EXPECT_EQ(page.toCsv(), shown) << "not at every batch";
    EXPECT_TRUE(QTest::qWaitFor([&] { return page.toCsv() != shown; }, 5000));
}

TEST(ChartsPage, TheBrushZooms)
{
    WatchedLab lan{"office"};
    lan.runs(10min);
    ChartsPage page{lan.scope};
    page.resize(800, 600);
    page.show();
    const Instant first = lan.state.series().first();
    lan.scope.setRange(TimeRange{first + 60s, first + 120s});
    page.refresh();
    const auto lines = page.toCsv().split("\r\n", Qt::SkipEmptyParts);
    EXPECT_TRUE(lines[1].startsWith("2")) << lines[1].toStdString();
    const auto from = QDateTime::fromString(lines[1].section(',', 0, 0), Qt::ISODateWithMs),
               to = QDateTime::fromString(lines.last().section(',', 0, 0), Qt::ISODateWithMs);
    EXPECT_LE(from.secsTo(to), 60);
}

TEST(ChartsPage, ExportsEveryMessageAndAPicture)
{
    WatchedLab lan{"rogue"};
    lan.runs(20s);
    ChartsPage page{lan.scope};
    page.resize(800, 600);
    page.show();
    page.refresh();
    const auto lines = page.toCsv().split("\r\n", Qt::SkipEmptyParts);
    qulonglong messages = 0;
    for (qsizetype i = 1; i < lines.size(); ++i)
        for (std::size_t kind = 0; kind < observe::kRateKinds; ++kind)
            messages += lines[i].section(',', static_cast<int>(kind) + 1, static_cast<int>(kind) + 1).toULongLong();
    EXPECT_EQ(messages, lan.state.messages().size());

    const QTemporaryDir folder;
    EXPECT_TRUE(page.exportPng(folder.filePath("charts.png")));
    const QImage picture{folder.filePath("charts.png")};
    EXPECT_GT(picture.width(), 1400) << "twice the size on screen";
    EXPECT_FALSE(page.exportPng(folder.filePath("no/such/folder.png")));
}

} // namespace
} // namespace dorascope::models::test
