using System.Text.Json.Nodes;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;
using Dragoman.Emulators.OpenAiChat;

namespace Dragoman.Emulators.Kilo;

/// <summary>
/// Kilo's gateway below <c>/kilo</c>: Chat Completions and the list of models. A key <c>anonymous</c> is served models that end in <c>:free</c> only; one that begins with <c>spent</c> has no credits;
/// <c>promotion-limit</c> is a model whose free time is used up.
/// </summary>
internal sealed class KiloApi : IProviderApi
{
    private readonly ChatApi _chat = new();

    public string? ModelOf(Call call) => call.IsPost ? call.Json?["model"].Str() : null;

    public Reply Answer(Call call, RequestContext request)
    {
        if (call.Segments is not ([_, "api", "gateway", "chat", "completions"] or [_, "api", "gateway", "models"])) throw new Refusal(404, "Invalid path");
        if (call.Bearer is not { Length: > 0 } key || key.StartsWith("invalid", StringComparison.Ordinal)) throw new Refusal(401, "Invalid token");
        if (!call.IsPost) return Reply.Json(new JsonObject { ["data"] = new JsonArray(Model("anthropic/claude-sonnet-5", false), Model("minimax/minimax-m2.5:free", true), Model("kilo-auto/free", true)) });
        var model = ModelOf(call) ?? "";
        if (model == "promotion-limit") throw new Refusal(401, "Sign in to continue with this model.", code: "PROMOTION_MODEL_LIMIT_REACHED");
        if (!IsFree(model))
        {
            if (key == "anonymous") throw new Refusal(401, "You need to sign in to use this model.", code: "PAID_MODEL_AUTH_REQUIRED");
            if (key.StartsWith("spent", StringComparison.Ordinal)) throw new Refusal(402, "Add credits to continue.");
        }

        return _chat.Answer(new Call(call.Method, "/v1" + call.Target["/kilo/api/gateway".Length..], call.Headers, call.Body), request);
    }

    public Reply Error(Call call, Refusal refusal)
        => Reply.Json(new JsonObject { ["error"] = new JsonObject { ["message"] = refusal.Message, ["code"] = refusal.Code is { } code ? code : refusal.Status } }, refusal.Status);

    private static bool IsFree(string model) => model.EndsWith(":free", StringComparison.Ordinal) || model == "kilo-auto/free";

    private static JsonObject Model(string id, bool isFree) => new() { ["id"] = id, ["name"] = id, ["isFree"] = isFree, ["context_length"] = 200_000, ["supported_parameters"] = new JsonArray("tools") };
}
