"""The print of the example documents: people, firms and places in it are invented."""

from __future__ import annotations

import textwrap

from docmarks.synth.printed.layout import Layout
from docmarks.synth.printed.typeset import text_width

CLAUSES = (
    "PREMISES. The Lessor leases to the Lessee the second floor of the building known as 418 Harbor Street, Salem, "
    "Oregon, consisting of about 3,200 square feet of office space, together with the right to use the common areas.",
    "TERM. The term of this lease is five years, beginning on the first day of May 2019 and ending on the last day of "
    "April 2024. The Lessee may renew it once for three years by written notice at least 180 days before its end.",
    "RENT. The Lessee shall pay an annual rent of $57,600.00 in equal monthly installments of $4,800.00, due on the "
    "first business day of each month at the office of the Lessor. Rent for a part of a month is prorated by days.",
    "UTILITIES. The Lessor shall provide the following services at no cost beyond the rent:",
    "IMPROVEMENTS. Shelving, partitions and equipment that the Lessee installs remain its property and may be removed "
    "at the end of the term, provided that any damage caused by their removal is repaired.",
    "MAINTENANCE. The Lessor shall keep the roof, the walls, the elevator and the heating plant in good repair. The "
    "Lessee shall keep the interior clean and shall replace lamps and broken glass.",
    "PARKING. Four spaces in the lot behind the building are reserved for the Lessee and shall be marked as such.",
    "INSURANCE. Each party insures its own property against fire and water and waives recovery from the other for "
    "losses that such insurance covers. The Lessee carries liability insurance of not less than $1,000,000.",
    "ASSIGNMENT. The Lessee shall not assign this lease nor sublet any part of the premises without the consent of the "
    "Lessor in writing, which the Lessor shall not withhold without good reason.",
    "DEFAULT. If rent remains unpaid for thirty days after written notice, the Lessor may end this lease and enter "
    "upon the premises. Notices are valid when sent by registered mail to the addresses given above.",
)

LETTER = (
    "Thank you for the samples that reached us on the 3rd of this month. The laboratory has measured them twice, and "
    "I enclose a copy of its report.",
    "As you will see, the moisture of lots 14 and 17 is above the limit on which we agreed in March. We would be glad "
    "to accept both lots at a reduction of four percent, or to return them at your expense.",
    "Mr. Okafor of our purchasing department will telephone you next week. He can be reached at the number above or, "
    "in the evening, at (555) 018-2260.",
)

ITEMS = (
    ("1", "Letter trays, oak, two tiers", "12", "18.50", "222.00"),
    ("2", "Filing cabinets, four drawers", "3", "149.00", "447.00"),
    ("3", "Desk lamps, green shade", "10", "31.25", "312.50"),
    ("4", "Paper, 20 lb, ten reams", "24", "27.90", "669.60"),
    ("5", "Typewriter ribbons, black", "36", "2.15", "77.40"),
    ("6", "Index cards, 3 x 5, box of 1000", "8", "6.40", "51.20"),
    ("7", "Date stamps, adjustable", "2", "11.75", "23.50"),
)


def wrapped(layout: Layout, x: float, y: float, width: float, text: str, font: str, size: float) -> float:
    """A paragraph; returns y after it."""
    for line in textwrap.wrap(text, int(width / (text_width("abcdefghij", font, size) / 10))):
        layout.sheet.text(x, y, line, font, size)
        y += size * 1.3
    return y


def _clauses(layout: Layout, y: float, first: int, last: int) -> float:
    for number in range(first, last + 1):
        layout.sheet.text(62, y, f"{number}.", "Times-Bold", 10.5)
        y = wrapped(layout, 84, y, 445, CLAUSES[number - 1], "Times-Roman", 10.5) + 7
        if number == 4:
            x = 84.0
            for service in ("water", "electricity", "heating", "cleaning"):
                x = layout.checkbox(x, y - 8.5, 9) + 4
                x = layout.sheet.text(x, y, service, "Times-Roman", 10.5) + 24
            y += 20
    return y


def _foot(layout: Layout, page: int) -> None:
    layout.sheet.text(62, 752, f"LEASE NO. 2019-0417, PAGE {page}", "Helvetica", 7.5)
    x = layout.sheet.text(372, 752, "INITIALS:", "Helvetica", 7.5) + 6
    for who in ("Lessor", "Lessee"):
        layout.blank(x, 754, 52, "initials", 22)
        layout.sheet.text(x + 16, 763, who, "Helvetica", 6.5)
        x += 72


def lease_first() -> Layout:
    """The first page of the lease: parties, clauses, boxes to tick, initials."""
    layout = Layout()
    layout.sheet.text(214, 62, "OFFICE LEASE AGREEMENT", "Times-Bold", 14)
    layout.sheet.text(62, 92, "DATE OF LEASE:", "Times-Bold", 10.5)
    layout.blank(154, 94, 120, "date", 18)
    layout.sheet.text(340, 92, "LEASE NO.  2019-0417", "Times-Bold", 10.5)
    parties = (
        "THIS LEASE is made between Northgate Properties, LLC, of 77 Mill Road, Salem, Oregon (the Lessor), and "
        "Blue Ridge Survey Company, of 12 Depot Lane, Dayton, Oregon (the Lessee). The parties agree as follows:"
    )
    y = wrapped(layout, 62, 122, 468, parties, "Times-Roman", 10.5) + 8
    _clauses(layout, y, 1, 7)
    _foot(layout, 1)
    return layout


def lease_second() -> Layout:
    """The second page of the lease: the last clauses and the signatures."""
    layout = Layout()
    y = _clauses(layout, 66, 8, 10) + 10
    closing = "IN WITNESS WHEREOF, the parties have signed this lease on the dates written beside their names."
    y = wrapped(layout, 62, y, 468, closing, "Times-Roman", 10.5) + 16
    for x, who in ((62.0, "FOR THE LESSOR:"), (322.0, "FOR THE LESSEE:")):
        layout.sheet.text(x, y, who, "Times-Bold", 10.5)
        row = y
        for label, kind in (("By:", "signature"), ("Name:", "name"), ("Title:", "title"), ("Date:", "date")):
            row += 46 if kind == "signature" else 30
            layout.sheet.text(x, row, label, "Times-Roman", 10.5)
            layout.blank(x + 36, row + 2, 186, kind, 34 if kind == "signature" else 19)
    y += 190
    layout.sheet.text(62, y, "IN THE PRESENCE OF:", "Times-Bold", 10.5)
    layout.blank(62, y + 46, 222, "signature", 34)
    layout.sheet.text(62, y + 57, "(Signature of witness)", "Times-Roman", 8.5)
    layout.blank(322, y + 46, 222, "address", 19)
    layout.sheet.text(322, y + 57, "(Address)", "Times-Roman", 8.5)
    _foot(layout, 2)
    return layout


def letter() -> Layout:
    """A letter on a typewriter."""
    layout, font, size = Layout(), "Courier", 10.5
    sheet = layout.sheet
    sheet.path([(86, 62), (100, 36), (114, 62), (86, 62)], 3)
    sheet.text(126, 52, "HARBOR & FINCH LABORATORIES", "Times-Bold", 17)
    sheet.text(126, 66, "1150 Station Avenue, Dayton, Ohio 45402     Telephone (555) 014-7700", "Helvetica", 7.5)
    sheet.line(80, 78, 532, 78, 1.2)
    sheet.text(80, 124, "September 14, 1988", font, size)
    for row, line in enumerate(
        ("Ms. Ingrid Halvorsen", "Meridian Leaf Company", "P.O. Box 3309", "Richmond, VA 23219")
    ):
        sheet.text(80, 164 + 13 * row, line, font, size)
    sheet.text(80, 240, "Dear Ms. Halvorsen:", font, size)
    y = 266.0
    for text in LETTER:
        y = wrapped(layout, 80, y, 452, text, font, size) + 13
    sheet.text(80, y + 6, "Sincerely,", font, size)
    layout.places.append(("signature", (76, y + 8, 190, 44)))
    sheet.text(80, y + 60, "Samuel P. Whitfield", font, size)
    sheet.text(80, y + 73, "Director of Research", font, size)
    sheet.text(80, y + 106, "SPW:rk", font, size - 1)
    sheet.text(80, y + 118, "Enclosure", font, size - 1)
    sheet.text(80, y + 142, "cc:  T. Okafor", font, size - 1)
    sheet.text(80, y + 154, "     D. R. Lambert", font, size - 1)
    sheet.text(592, 640, "20631 4482", "Helvetica-Bold", 11, turn=90)
    return layout


def invoice() -> Layout:
    """An invoice with a table and a place to approve it."""
    layout = Layout()
    sheet = layout.sheet
    sheet.box(56, 40, 500, 34, 0, fill=0.0)
    sheet.text(70, 63, "CONTINENTAL OFFICE SUPPLY", "Helvetica-Bold", 17, 1.0)
    sheet.text(56, 88, "400 Market Street, Columbus, Ohio 43215", "Helvetica", 8)
    for row, line in enumerate(("Harbor & Finch Laboratories", "1150 Station Avenue", "Dayton, Ohio 45402")):
        sheet.text(56, 140 + 14 * row, line, "Helvetica", 10)
    for row, (name, value) in enumerate((("Invoice", "64035"), ("Date", "08/22/1988"), ("Terms", "net 30 days"))):
        sheet.text(400, 140 + 14 * row, name, "Helvetica-Bold", 10)
        sheet.text(460, 140 + 14 * row, value, "Helvetica", 10)
    columns, y = (62.0, 96.0, 360.0, 420.0, 492.0), 236.0
    sheet.box(56, y - 15, 500, 20, 0.8, fill=0.85)
    for x, head in zip(columns, ("No.", "Description", "Quantity", "Unit price", "Amount"), strict=True):
        sheet.text(x, y - 1, head, "Helvetica-Bold", 9)
    for item in ITEMS:
        y += 20
        sheet.box(56, y - 15, 500, 20, 0.5)
        for x, text in zip(columns, item, strict=True):
            sheet.text(x, y - 1, text, "Helvetica", 9)
    for name, value in (("Subtotal", "1,803.20"), ("Sales tax", "99.18"), ("TOTAL", "1,902.38")):
        y += 18
        sheet.text(420, y, name, "Helvetica-Bold", 10)
        sheet.text(492, y, value, "Helvetica-Bold", 10)
    sheet.text(56, 620, "Approved for payment", "Helvetica", 9)
    layout.blank(152, 622, 90, "initials", 26)
    sheet.text(262, 620, "Date", "Helvetica", 9)
    layout.blank(288, 622, 110, "date", 22)
    sheet.text(56, 748, "Goods remain our property until they are paid for.", "Helvetica-Oblique", 7.5)
    return layout


def permit() -> Layout:
    """An application on a form with cells, boxes to tick and a signature."""
    layout = Layout()
    sheet = layout.sheet
    sheet.text(40, 54, "Form PK-12", "Helvetica-Bold", 15)
    sheet.text(214, 54, "Application for a Residential Parking Permit", "Helvetica-Bold", 13)
    sheet.text(214, 68, "City of Salem, Department of Streets", "Helvetica", 8)
    for title, y in (("Part 1   Applicant", 86), ("Part 2   Vehicle", 236), ("Part 3   Permit", 366)):
        sheet.box(40, y, 532, 15, 0, fill=0.0)
        sheet.text(46, y + 11, title, "Helvetica-Bold", 9, 1.0)
    layout.cell(40, 101, 340, 40, "Full name", "name")
    layout.cell(380, 101, 192, 40, "Date of application", "date")
    layout.cell(40, 141, 532, 40, "Street and number", "address")
    layout.cell(40, 181, 340, 40, "Telephone", "text")
    layout.cell(380, 181, 192, 40, "Apartment", "text")
    layout.cell(40, 251, 266, 40, "Make and model", "text")
    layout.cell(306, 251, 266, 40, "License plate", "text")
    sheet.text(40, 314, "Is the vehicle registered in your name?", "Helvetica", 9)
    x = 300.0
    for option in ("Yes", "No", "Leased"):
        x = layout.checkbox(x, 305, 10, 0.9) + 5
        x = sheet.text(x, 314, option, "Helvetica", 9) + 26
    sheet.text(40, 340, "The back of this form lists the documents to be attached.", "Helvetica-Oblique", 8)
    for row, (text, price) in enumerate(
        (("First permit, one year", "$40.00"), ("Second permit, one year", "$90.00"), ("Visitor booklet", "$15.00"))
    ):
        y = 400 + 22 * row
        layout.checkbox(52, y - 9, 10, 0.9)
        sheet.text(70, y, text, "Helvetica", 9)
        sheet.text(250, y, "." * 60, "Helvetica", 9, 0.4)
        sheet.text(430, y, price, "Helvetica", 9)
    declaration = (
        "I declare that what is stated above is true, that I live at the address given, and that I will return the "
        "permit when I move or sell the vehicle. A false statement is punishable by law."
    )
    wrapped(layout, 40, 486, 520, declaration, "Helvetica", 9)
    sheet.text(40, 566, "Signature", "Helvetica-Bold", 9)
    layout.blank(92, 568, 240, "signature", 36)
    sheet.text(360, 566, "Date", "Helvetica-Bold", 9)
    layout.blank(388, 568, 140, "date", 24)
    sheet.box(40, 606, 532, 90, 0.7, fill=0.93)
    sheet.text(46, 617, "FOR OFFICE USE ONLY", "Helvetica-Bold", 7)
    sheet.text(46, 688, "Permit No.", "Helvetica", 8)
    sheet.text(300, 688, "Checked by", "Helvetica", 8)
    layout.blank(96, 690, 150, "text", 22)
    layout.blank(350, 690, 80, "initials", 24)
    return layout
