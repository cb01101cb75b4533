using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Routing;
using Dragoman.Protocols;

namespace Dragoman.Gateway.Tests.Support;

/// <summary>A router over a configuration written as text, with a clock that tests move.</summary>
internal sealed class RouterFixture
{
    public RouterFixture(string yaml)
    {
        Time = new ManualTime();
        Router = new Router(Config.Load(yaml).ToRouting(), Time);
    }

    public ManualTime Time { get; }

    public Router Router { get; }

    /// <summary>The candidates as <c>label:model</c>.</summary>
    public string[] Ask(string model, string? session = null, Protocol source = Protocol.OpenAiChat)
        => Show(Router.Plan(Request(model, session, source)));

    public RoutePlan Plan(string model, string? session = null) => Router.Plan(Request(model, session));

    public RoutePlan Explain(string model, string? session = null) => Router.Plan(Request(model, session), dryRun: true);

    /// <summary>Plans, and the first candidate fails.</summary>
    public Candidate Fail(string model, FailureClass cause, TimeSpan? hint = null, ErrorKind kind = ErrorKind.Api)
    {
        var candidate = Router.Plan(Request(model), dryRun: true).Candidates[0];
        FailAt(candidate, cause, hint, kind);
        return candidate;
    }

    public void FailAt(Candidate candidate, FailureClass cause, TimeSpan? hint = null, ErrorKind kind = ErrorKind.Api)
        => Router.ReportFailure(candidate, new Failure(cause, new WireError(kind, "no"), hint is null ? null : Time.GetUtcNow() + hint));

    /// <summary>Plans, and the first candidate answers.</summary>
    public string Succeed(string model, string? session = null)
    {
        var request = Request(model, session);
        var candidate = Router.Plan(request).Candidates[0];
        Router.ReportSuccess(request, candidate);
        return candidate.Account.Label;
    }

    public void Apply(string yaml) => Router.Apply(Config.Load(yaml).ToRouting());

    public static RouteRequest Request(string model, string? session = null, Protocol source = Protocol.OpenAiChat)
        => new(model, source) { SessionKey = session };

    public static string[] Show(RoutePlan plan) => [.. plan.Candidates.Select(candidate => $"{candidate.Account.Label}:{candidate.Model.Id}")];

    /// <summary>A compatible upstream serving <c>m</c>.</summary>
    public static string Upstream(string name, string more = "", string models = "[ m ]")
        => $"  - {{ name: {name}, base-url: 'https://{name}.example/v1', api-key-entries: [ {{ api-key: {name} }} ], models: {models}{(more.Length > 0 ? ", " + more : "")} }}\n";
}
