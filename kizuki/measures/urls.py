from __future__ import annotations

from django.urls import path

from kizuki.measures.views import answer, catalogue, coverage, own, proposals, rounds, table

app_name = "measures"
urlpatterns = [
    path("", catalogue.matrix, name="matrix"),
    path("file", catalogue.catalogue_file, name="file"),
    path("own/", own.measures, name="own"),
    path("own/new", own.add, name="own_add"),
    path("own/import", own.bring_in, name="own_import"),
    path("own/<str:id>/edit", own.edit, name="own_edit"),
    path("own/<str:id>/retire", own.retire, name="own_retire"),
    path("own/<str:id>/restore", own.bring_back, name="own_restore"),
    path("coverage/", coverage.coverage, name="coverage"),
    path("coverage/contradictions", coverage.contradictions, name="contradictions"),
    path("coverage/new", coverage.add, name="row_add"),
    path("coverage/table", table.download, name="table"),
    path("coverage/import", table.bring_in, name="table_import"),
    path("coverage/import/apply", table.apply_table, name="table_apply"),
    path("coverage/<int:pk>/", coverage.row, name="row"),
    path("coverage/<int:pk>/edit", coverage.edit, name="row_edit"),
    path("coverage/<int:pk>/remove", coverage.remove, name="row_remove"),
    path("coverage/<int:pk>/verify", coverage.verify, name="row_verify"),
    path("coverage/<int:pk>/undo", coverage.undo, name="row_undo"),
    path("proposals/", proposals.proposals, name="proposals"),
    path("proposals/new", proposals.propose, name="propose"),
    path("proposals/accept", proposals.accept, name="accept"),
    path("proposals/<int:pk>/", proposals.proposal, name="proposal"),
    path("proposals/<int:pk>/return", proposals.send_back, name="send_back"),
    path("proposals/<int:pk>/withdraw", proposals.withdraw, name="withdraw"),
    path("rounds/", rounds.rounds, name="rounds"),
    path("rounds/new", rounds.start, name="round_start"),
    path("rounds/<int:pk>/", rounds.round, name="round"),
    path("rounds/<int:pk>/close", rounds.close, name="round_close"),
    path("rounds/<int:pk>/reopen", rounds.reopen, name="round_reopen"),
    path("rounds/part/<int:pk>/link", rounds.make_link, name="make_link"),
    path("rounds/part/<int:pk>/revoke", rounds.revoke_link, name="revoke_link"),
    path("answer/<str:token>/", answer.answer, name="answer"),
    path("answer/<str:token>/name", answer.name, name="answer_name"),
    path("answer/<str:token>/finish", answer.finish, name="answer_finish"),
    path("answer/<str:token>/<str:measure>/", answer.question, name="question"),
    path("<str:id>", catalogue.measure, name="measure"),
]
