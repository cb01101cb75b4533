using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Pipeline;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.Registry;
using Dragoman.Server.Http;
using Dragoman.Server.Management.Audit;
using Dragoman.Server.Observability.Recording;

namespace Dragoman.Server.Management.Accounts;

/// <summary><c>POST /api/v1/accounts/{id}/test</c>: one tiny real request by one account, on the way every request takes, and so in the ledger like any other.</summary>
internal sealed class AccountTestRoutes(AccountViews views, AuditTrail audit, Dragoman.Gateway.Routing.Router router, TimeProvider time, RequestRecorder recorder, RequestPipeline pipeline) : IManagementRoutes
{
    private const string Question = "Reply with the single word OK.";
    private const int MostSaid = 200;

    /// <summary>Parts of names of models that are cheap to ask, cheapest first.</summary>
    private static readonly string[] Cheap = ["nano", "flash-lite", "micro", "mini", "haiku", "flash", "lite", "small"];

    public void Map(IEndpointRouteBuilder api)
        => api.MapPost("/accounts/{id}/test", async Task<Results<Ok<AccountTestView>, ManagementError>> (string id, string? model, HttpContext context, CancellationToken cancellationToken) =>
        {
            if (views.Find(id) is not { } entry) return AccountViews.Unknown(id);
            if (entry is not { Account: { Enabled: true } account, Problem: null }) return ManagementError.Conflict(entry.Problem ?? $"The account '{entry.Label}' is disabled; enable it first.", "account_not_usable");
            if ((model ?? CheapModel(account)) is not { } asked) return ManagementError.Invalid("The account has no list of models; say which one: ?model=NAME.", "model", "missing_required_parameter");
            var result = await TestAsync(account, asked, cancellationToken);
            await audit.RecordAsync(context, "account.test", account.Id, result.Ok ? "done" : "failed", $"'{account.Label}' with {asked}: {result.Status}");
            return TypedResults.Ok(result);
        }).WithName("testAccount").WithTags("Accounts").WithSummary("Asks the account one short question.").WithDescription("Without `model` the cheapest of its models is asked. The account is asked once, even while it is cooling down, and no other account in its place.");

    private string? CheapModel(Account account)
    {
        var served = router.VisibleModels().Where(model => model.Servers.Any(server => server.Id == account.Id)).Select(model => model.Id).ToList();
        foreach (var word in Cheap)
            if (served.Find(name => name.Contains(word, StringComparison.OrdinalIgnoreCase)) is { } found) return found;
        return served.FirstOrDefault();
    }

    private async Task<AccountTestView> TestAsync(Account account, string model, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new TestRequest(model, [new TestMessage("user", Question)]), ManagementJson.Options);
        var request = new ClientRequest
        {
            ClientProtocol = ProtocolRegistry.Client(Protocol.OpenAiChat),
            Body = body,
            Head = RequestEnvelope.Read(body),
            Model = model,
            FlowId = RequestIds.NewFlow(time),
            OnlyAccount = account.Id,
            FlowTags = ["account-test"],
        };
        using var channel = new MemoryChannel();
        var started = time.GetTimestamp();
        var outcome = await recorder.RunAsync($"{ManagementApi.Prefix}/accounts/test", request, token => pipeline.ForwardAsync(request, channel, token), cancellationToken);
        var took = time.GetElapsedTime(started);
        var error = outcome?.Error;
        return new AccountTestView(outcome is not null && error is null, account.Id, account.Label, model, outcome?.ServedBy?.Model.Id, outcome?.Status ?? 500, Math.Round(took.TotalMilliseconds, 1),
            error is null ? TextIn(channel.Received) : null, error is null ? null : error.Message, outcome?.Usage?.InputTokens, outcome?.Usage?.OutputTokens, request.FlowId);
    }

    private static string? TextIn(ReadOnlyMemory<byte> answer)
    {
        try
        {
            using var json = JsonDocument.Parse(answer);
            var text = json.RootElement.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString();
            return text is { Length: > MostSaid } ? text[..MostSaid] + "…" : text;
        }
        catch (Exception ex) when (ex is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    private sealed record TestRequest(string Model, IReadOnlyList<TestMessage> Messages);

    private sealed record TestMessage(string Role, string Content);
}

/// <summary>What came of a test.</summary>
/// <param name="Ok">Whether the account answered.</param>
/// <param name="AccountId">The account's id.</param>
/// <param name="Account">Its label.</param>
/// <param name="Model">The model asked for.</param>
/// <param name="UpstreamModel">The upstream's own name of it.</param>
/// <param name="Status">The status a client would have got.</param>
/// <param name="DurationMs">How long it took, in milliseconds.</param>
/// <param name="Reply">What came back, cut after 200 characters.</param>
/// <param name="Error">What went wrong.</param>
/// <param name="InputTokens">Tokens of the question.</param>
/// <param name="OutputTokens">Tokens of the answer.</param>
/// <param name="Flow">The request's id in the gateway's records.</param>
internal sealed record AccountTestView(
    bool Ok, string AccountId, string Account, string Model, string? UpstreamModel, int Status, double DurationMs, string? Reply, string? Error, long? InputTokens, long? OutputTokens, string Flow);
