using System.Text.Json.Nodes;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Routing;
using Dragoman.Management.Accounts;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Codex;

/// <summary><c>/accounts/quota</c>, <c>/accounts/usage</c> and <c>/accounts/models</c>: what a plan has used, and what it offers (wire notes codex-and-antigravity §A.6).</summary>
internal sealed class CodexQuotas(CodexDirectory directory, CodexJson json, QuotaService quotas, AccountProber prober, Func<GatewayConfig> config, Gateway.Routing.Router router, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    /// <summary>Maps the routes.</summary>
    public void Map(SurfaceRoutes routes)
    {
        routes.Get("/accounts/quota", "An account's quota, from the vendor's usage page where what is known is older than five minutes.", QuotaAsync);
        routes.Get("/accounts/quota/all", "Every account's quota.", AllAsync);
        routes.Get("/accounts/usage", "An account's usage.", UsageAsync);
        routes.Get("/accounts/models", "The models that an account's plan has.", ModelsAsync);
    }

    private async Task<SurfaceAnswer> QuotaAsync(SurfaceCall call)
    {
        var (account, missing) = await directory.FindOrActiveAsync(call.Query("email"), call.CancellationToken);
        if (account is null) return CodexSurface.Failed(404, missing);
        var (known, cached, problem) = await AskAsync(call, account, insists: call.Query("refresh") == "true");
        if (json.Quota(known) is not { } quota) return CodexSurface.Failed(500, problem ?? "The vendor's usage page says nothing of this account.");
        var answer = new JsonObject { ["success"] = true, ["email"] = known.Label, ["quota"] = quota, ["cached"] = cached };
        if (problem is not null) answer["warning"] = $"Using cached data due to fetch error: {problem}";
        return SurfaceAnswer.Json(answer);
    }

    private async Task<SurfaceAnswer> UsageAsync(SurfaceCall call)
    {
        var (account, missing) = await directory.FindOrActiveAsync(call.Query("email"), call.CancellationToken);
        if (account is null) return CodexSurface.Failed(404, missing);
        var (known, _, problem) = await AskAsync(call, account, insists: false);
        return known.UsagePage is { AnsweredAt: not null }
            ? SurfaceAnswer.Json(new JsonObject { ["success"] = true, ["email"] = known.Label, ["usage"] = json.Usage(known) })
            : CodexSurface.Failed(500, problem ?? "The vendor's usage page says nothing of this account.");
    }

    private async Task<SurfaceAnswer> AllAsync(SurfaceCall call)
    {
        try
        {
            // The poller asks a vendor one question at a time.
            await Task.WhenAll(directory.All.Where(IsStale).Select(account => quotas.AskAsync(account.Id, call.Actor, call.CancellationToken))).WaitAsync(LongestWait, time, call.CancellationToken);
        }
        catch (TimeoutException)
        {
            // What has come by now is shown.
        }

        return SurfaceAnswer.Json(new JsonObject { ["accounts"] = new JsonArray([.. directory.All.Select(account => (JsonNode)new JsonObject { ["email"] = account.Label, ["quota"] = json.Quota(account) })]) });
    }

    private async Task<SurfaceAnswer> ModelsAsync(SurfaceCall call)
    {
        var (account, missing) = await directory.FindOrActiveAsync(call.Query("email"), call.CancellationToken);
        if (account is null) return CodexSurface.Failed(404, missing);
        if (config().Accounts.FirstOrDefault(one => one.Id == account.Id) is not { } used) return CodexSurface.Failed(500, account.Problem ?? "The account cannot be used.");
        var finding = await prober.CheckAsync(used, call.CancellationToken);
        if (!finding.Good) return CodexSurface.Failed(500, $"The upstream {finding.Words}.");
        var visible = router.VisibleModels();
        var ids = finding.Models ?? [.. visible.Where(model => model.Servers.Any(server => server.Id == used.Id)).Select(model => model.Id)];
        return SurfaceAnswer.Json(new JsonObject
        {
            ["success"] = true,
            ["email"] = account.Label,
            ["models"] = new JsonArray([.. ids.Select(id => (JsonNode)Model(id, visible.FirstOrDefault(model => model.Id == id)))]),
        });
    }

    private static JsonObject Model(string id, VisibleModel? known)
    {
        var efforts = known?.Facts.Efforts ?? [];
        return new JsonObject
        {
            ["id"] = id,
            ["name"] = known?.Facts.DisplayName ?? id,
            ["description"] = known?.Facts.DisplayName ?? id,
            ["defaultReasoningLevel"] = efforts.Contains("medium") || efforts.Count == 0 ? "medium" : efforts[0],
            ["supportedReasoningLevels"] = new JsonArray([.. efforts.Select(effort => (JsonNode)effort)]),
            ["supportedInApi"] = true,
            ["visibility"] = "list",
        };
    }

    /// <summary>Asks the usage page where what is known is old, or where that is insisted on.</summary>
    /// <returns>The account as it is known now, whether nothing new was learnt, and what went wrong.</returns>
    private async Task<(AccountView Account, bool Cached, string? Problem)> AskAsync(SurfaceCall call, AccountView account, bool insists)
    {
        if (!insists && !IsStale(account)) return (account, true, null);
        var asked = await quotas.AskAsync(account.Id, call.Actor, call.CancellationToken, insists);
        if (!asked.Succeeded) return (account, true, asked.Error.Text);
        var now = asked.Value;
        return (now, now.UsagePage?.AnsweredAt == account.UsagePage?.AnsweredAt, now.UsagePage?.Problem);
    }

    private bool IsStale(AccountView account) => account.UsagePage?.AnsweredAt is not { } answered || time.GetUtcNow() - answered > Fresh;
}
