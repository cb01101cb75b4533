using System.Text.Json.Nodes;
using Dragoman.Server.Panel;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Kiro;

/// <summary>What a browser finds at this surface: a page that says what it is, an icon, and the short documents that its system's page shows (wire note A.8). That page itself is not here.</summary>
internal sealed class KiroPageRoutes(PanelAddress panel) : IKiroRoutes
{
    private const string Icon = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#334155"/><path d="M4 3h4a5 5 0 0 1 0 10H4z" fill="#e2e8f0"/></svg>""";

    private static readonly (string Id, string Title, string Content)[] Documents =
    [
        ("start", "Getting started", """
            # Getting started

            This address speaks what a Kiro proxy speaks: clients use `/v1/chat/completions`, `/v1/messages`, `/v1/responses` and `/v1beta/models/…` as before, scripts use `/api/…`.

            1. Say once that you have read the vendor's position: `dragoman login kiro --acknowledge`.
            2. Add an account: `POST /api/token/add-from-scan`, `POST /api/kiro/login/start` or `POST /api/kiro/social/start`.
            3. Ask a model: `GET /v1/models` lists them.
            """),
        ("accounts", "Accounts", """
            # Accounts

            Accounts are kept in the gateway's store, encrypted; token files are read once and stay as they are. A login is renewed when a request needs it. An account that the vendor refuses for a while cools down, and is used
            again by itself.
            """),
        ("differences", "Differences", """
            # Differences

            - Tokens are never shown: `/api/accounts/export` leaves them out. `dragoman accounts export` writes an encrypted file.
            - Only files in Kiro's folder and in the gateway's own are opened.
            - Numbers and settings outlive a restart.
            - The gateway does not pass for Kiro's editor beyond what the protocol needs.
            """),
    ];

    public void Map(SurfaceRoutes routes)
    {
        routes.Get("/api/docs", "The documents.", _ => SurfaceAnswer.Json(new JsonObject { ["docs"] = new JsonArray([.. Documents.Select(static document => (JsonNode)new JsonObject { ["id"] = document.Id, ["title"] = document.Title })]) }));
        routes.Get("/api/docs/{id}", "One document, as Markdown.", GetDocument);
        var page = routes.Open().OnOwnListeners();
        page.Get("/", "Browsers come to the gateway's panel; else a page that says what this address is.", Show);
        page.Get("/assets/{**path}", "The icon; there is nothing else.", call => call.Route("path") == "icon.svg" ? SurfaceAnswer.Text(200, Icon, "image/svg+xml") : KiroAnswers.Detail(404, "Not Found"));
    }

    private SurfaceAnswer Show(SurfaceCall call)
        => PanelPage.IsWanted(call.Context.Request) && panel.For(call.Context) is { } address
            ? SurfaceAnswer.Empty(302).With([new("Location", address), new("Cache-Control", "no-store"), new("Vary", "Accept")])
            : SurfaceAnswer.Html(200, Page, [new("Vary", "Accept")]);

    private static SurfaceAnswer GetDocument(SurfaceCall call)
    {
        var id = call.Route("id");
        return Array.Find(Documents, document => document.Id == id) is { Id: not null } found
            ? SurfaceAnswer.Json(new JsonObject { ["id"] = found.Id, ["title"] = found.Title, ["content"] = found.Content })
            : KiroAnswers.Detail(404, "Document not found");
    }

    private const string Page = """
        <!doctype html>
        <html lang="en"><meta charset="utf-8"><title>Dragoman, as a Kiro proxy</title><link rel="icon" href="/assets/icon.svg">
        <h1>Dragoman, as a Kiro proxy</h1>
        <p>Clients and scripts of a Kiro proxy use this address as before. <a href="/api/status">Status</a>, <a href="/v1/models">models</a>, <a href="/api/docs">documents</a>.</p>
        """;
}
