using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Pipeline;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Routing;
using Dragoman.Management.Audit;
using Dragoman.Management.Hosting;
using Dragoman.Protocols;
using Dragoman.Protocols.Registry;

namespace Dragoman.Management.Accounts;

/// <summary>Asks an account one short question, on the way every request takes, and so in the ledger like any other.</summary>
public sealed class AccountTester(AccountDirectory directory, Router router, RequestPipeline pipeline, AuditTrail audit, TimeProvider time)
{
    private const string Question = "Reply with the single word OK.";
    private const int MaxReply = 200;

    /// <summary>Parts of names of models that are cheap to ask, cheapest first.</summary>
    private static readonly string[] Cheap = ["nano", "flash-lite", "micro", "mini", "haiku", "flash", "lite", "small"];

    /// <summary>Asks it once, even while it is cooling down, and no other account in its place. An account that does not answer is a result, not an error.</summary>
    /// <param name="name">The account's id or label.</param>
    /// <param name="model">The model, as clients name it; null for the cheapest it serves.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ManagementResult<AccountTestView>> TestAsync(string name, string? model, Actor actor, CancellationToken cancellationToken)
    {
        if (directory.Find(name) is not { } entry) return AccountDirectory.Unknown(name);
        if (entry is not { Account: { Enabled: true } account, Problem: null }) return ManagementError.Conflict(entry.Problem?.Text ?? $"The account '{entry.Label}' is disabled; enable it first.", "account_not_usable");
        if ((model ?? CheapModel(account)) is not { } asked) return ManagementError.Invalid("The account has no list of models; say which one.", "model", "missing_required_parameter");
        var result = await AskAsync(account, asked, cancellationToken);
        await audit.RecordAsync(actor, "account.test", account.Id, result.Ok ? AuditTrail.Done : AuditTrail.Failed, $"'{account.Label}' with {asked}: {result.Status}");
        return result;
    }

    private string? CheapModel(Account account)
    {
        var served = router.VisibleModels().Where(model => model.Servers.Any(server => server.Id == account.Id)).Select(model => model.Id).ToList();
        foreach (var part in Cheap)
            if (served.Find(name => name.Contains(part, StringComparison.OrdinalIgnoreCase)) is { } found) return found;
        return served.FirstOrDefault();
    }

    private async Task<AccountTestView> AskAsync(Account account, string model, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new TestRequest(model, [new TestMessage("user", Question)]), ManagementJson.Options);
        var request = new ClientRequest
        {
            ClientProtocol = ProtocolRegistry.Client(Protocol.OpenAiChat),
            Body = body,
            Head = RequestEnvelope.Read(body),
            Model = model,
            FlowId = FlowId.New(time),
            Pin = new AccountPin(account.Id, Force: true),
            Origin = new RequestOrigin("/api/v1/accounts/test"),
            FlowTags = ["account-test"],
        };
        using var channel = new MemoryChannel();
        var started = time.GetTimestamp();
        var outcome = await pipeline.HandleAsync(request, channel, cancellationToken);
        var took = time.GetElapsedTime(started);
        var error = outcome.Error;
        return new AccountTestView(error is null, account.Id, account.Label, model, outcome.ServedBy?.Model.Id, outcome.Status, Math.Round(took.TotalMilliseconds, 1),
            error is null ? TextIn(channel.Received) : null, error?.Message, outcome.Usage?.InputTokens, outcome.Usage?.OutputTokens, request.FlowId);
    }

    private static string? TextIn(ReadOnlyMemory<byte> answer)
    {
        try
        {
            using var json = JsonDocument.Parse(answer);
            var text = json.RootElement.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString();
            return text is { Length: > MaxReply } ? text[..MaxReply] + "…" : text;
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
public sealed record AccountTestView(
    bool Ok, string AccountId, string Account, string Model, string? UpstreamModel, int Status, double DurationMs, string? Reply, string? Error, long? InputTokens, long? OutputTokens, string Flow);
