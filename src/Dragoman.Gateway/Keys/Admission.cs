using Dragoman.Gateway.Relay;

namespace Dragoman.Gateway.Keys;

/// <summary>Decides whether a request may go on: its key's scopes, rates, concurrency and budgets.</summary>
public interface IAdmission
{
    /// <summary>Lets a request in, or refuses it. What is taken (a place, a reservation) is given back by <see cref="Pass.EndAsync"/>.</summary>
    ValueTask<Pass> EnterAsync(ClientRequest request, CancellationToken cancel);

    /// <summary>Lets in a request that only counts tokens: scopes and requests a minute apply. Nothing has to be given back.</summary>
    Pass EnterCount(ClientRequest request);
}

/// <summary>Lets everybody in: a gateway without keys.</summary>
public sealed class OpenAdmission : IAdmission
{
    /// <inheritdoc/>
    public ValueTask<Pass> EnterAsync(ClientRequest request, CancellationToken cancel) => new(Pass.Free);

    /// <inheritdoc/>
    public Pass EnterCount(ClientRequest request) => Pass.Free;
}
