from __future__ import annotations

from django.urls import path

from kizuki.incidents.views import decisions, entering, entry, figures, listing, mine, procedures, tasks, timeline

app_name = "incidents"
urlpatterns = [
    path("", listing.incidents, name="incidents"),
    path("new", listing.new, name="new"),
    path("figures", figures.over_all, name="figures_of_all"),
    path("mine", mine.mine, name="mine"),
    # Before the pages of incidents, whose number could be any word.
    path("procedures/", procedures.everything, name="procedures"),
    path("procedures/import", procedures.bring_in, name="procedure_import"),
    path("procedures/<str:id>", procedures.one, name="procedure"),
    path("procedures/<str:id>/file", procedures.file, name="procedure_file"),
    path("procedures/<str:id>/retire", procedures.retire, name="procedure_retire"),
    path("procedures/<str:id>/restore", procedures.restore, name="procedure_restore"),
    path("<str:number>", timeline.incident, name="incident"),
    path("<str:number>/line", entering.line, name="line"),
    path("<str:number>/enter", entering.add, name="enter"),
    path("<str:number>/entries/<int:seq>", entry.entry, name="entry"),
    path("<str:number>/entries/<int:seq>/<slug:word>", entry.act, name="entry_act"),
    path("<str:number>/figures", figures.incident, name="figures"),
    path("<str:number>/tasks", tasks.tasks, name="tasks"),
    path("<str:number>/tasks/new", tasks.new, name="task_new"),
    path("<str:number>/tasks/begin", tasks.begin, name="task_begin"),
    path("<str:number>/tasks/assign", tasks.assign, name="task_assign"),
    path("<str:number>/tasks/<int:n>", tasks.task, name="task"),
    path("<str:number>/tasks/<int:n>/edit", tasks.edit, name="task_edit"),
    path("<str:number>/tasks/<int:n>/<slug:word>", tasks.act, name="task_act"),
    path("<str:number>/decisions", decisions.decisions, name="decisions"),
    path("<str:number>/decisions/new", decisions.new, name="decision_new"),
    path("<str:number>/decisions/<int:n>", decisions.decision, name="decision"),
    path("<str:number>/decisions/<int:n>/review", decisions.review, name="decision_review"),
]
