using Dragoman.Emulators.Script;
using Dragoman.Server.Tests.Conformance.ClientDrivers;
using Dragoman.Server.Tests.Conformance.Upstreams;

namespace Dragoman.Server.Tests.Conformance;

/// <summary>
/// One battery for every upstream language: a house says what its upstream can, and the tests of that are inherited. Every test is run from
/// every client language, whole and streamed. Whatever reaches the upstream has to pass the emulator's rules.
/// </summary>
public abstract partial class UpstreamConformance(UpstreamScenario house)
{
    protected UpstreamScenario House => house;

    /// <summary>Asks, and holds every upstream request to the upstream's rules.</summary>
    protected async Task<ClientResult> AskAsync(string client, Ask ask, bool stream)
    {
        var (result, _) = await SeeAsync(client, ask, stream);
        return result;
    }

    /// <summary>Asks, and gives what the upstream got as well.</summary>
    protected async Task<(ClientResult Said, IReadOnlyList<RecordedRequest> Requests)> SeeAsync(string client, Ask ask, bool stream)
    {
        ClientResult result = null!;
        var requests = await House.DuringAsync(async () => result = await ClientDriver.All[client].AskAsync(House.Http, ask, stream));
        foreach (var request in requests) request.Refused.ShouldBeNull($"{House.Name} refused what {client} asked: {request.Text}");
        return (result, requests);
    }

    /// <summary>Asks for what has to be answered.</summary>
    protected async Task<ClientResult> AnswerAsync(string client, Ask ask, bool stream)
    {
        var result = await AskAsync(client, ask, stream);
        result.Error.ShouldBeNull(result.Raw);
        result.Status.ShouldBe(200, result.Raw);
        return result;
    }
}
