using Dragoman.Gateway.Requests;

namespace Dragoman.Gateway.ClientKeys;

/// <summary>Decides whether a request may go on: its key's scopes, rates, concurrency and budgets.</summary>
public interface IAdmissionController
{
    /// <summary>Lets a request in, or refuses it. What is taken (a place, a reservation) is given back by <see cref="AdmissionLease.EndAsync"/>.</summary>
    ValueTask<AdmissionLease> AcquireAsync(ClientRequest request, CancellationToken cancellationToken);

    /// <summary>Lets in a request that only counts tokens: scopes and requests a minute apply. Nothing has to be given back.</summary>
    AdmissionLease AcquireForCounting(ClientRequest request);
}

/// <summary>Lets everybody in: a gateway without keys.</summary>
public sealed class UnlimitedAdmissionController : IAdmissionController
{
    /// <inheritdoc/>
    public ValueTask<AdmissionLease> AcquireAsync(ClientRequest request, CancellationToken cancellationToken) => new(AdmissionLease.Free);

    /// <inheritdoc/>
    public AdmissionLease AcquireForCounting(ClientRequest request) => AdmissionLease.Free;
}
