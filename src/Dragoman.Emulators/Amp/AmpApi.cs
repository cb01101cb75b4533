using System.Text.Json.Nodes;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.Amp;

/// <summary>
/// Amp below <c>/amp</c>: what its command line asks Amp itself (<c>POST /api/internal?METHOD</c> with <c>{"method","params"}</c>, answered <c>{"ok","result"}</c>; surface-clients 1.3) and the pages of threads. A key begins with
/// <c>sgamp_</c>; what is taken is a bearer token.
/// </summary>
internal sealed class AmpApi : IProviderApi
{
    public string? ModelOf(Call call) => null;

    public Reply Answer(Call call, RequestContext request)
    {
        if (call.Bearer?.StartsWith("sgamp_", StringComparison.Ordinal) != true) throw new Refusal(401, "Unauthorized", code: "auth-required");
        switch (call)
        {
            case { IsPost: true, Segments: [_, "api", "internal"] }:
                var method = call.Json?["method"].Str() ?? throw new Refusal(400, "method is required", code: "invalid-request");
                if (!call.Query.ContainsKey(method)) throw new Refusal(400, "The query names another method", code: "invalid-request");
                return Reply.Json(new JsonObject { ["ok"] = true, ["result"] = method == "getUserInfo" ? new JsonObject { ["id"] = "user_emulated", ["email"] = "amp@example.com" } : new JsonObject() });
            case { Method: "GET", Segments: [_, "threads", ..] }:
                return new Reply { ContentType = "text/html; charset=utf-8", Frames = [new Frame("<!doctype html><title>Emulated Amp</title>"u8.ToArray())] };
            default:
                throw new Refusal(404, "Not Found", code: "not-found");
        }
    }

    public Reply Error(Call call, Refusal refusal) => Reply.Json(new JsonObject { ["ok"] = false, ["error"] = new JsonObject { ["code"] = refusal.Code, ["message"] = refusal.Message } }, refusal.Status);
}
