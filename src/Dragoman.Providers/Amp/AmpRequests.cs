using Dragoman.Gateway.Providers;
using Dragoman.Protocols;

namespace Dragoman.Providers.Amp;

/// <summary>No requests for answers: the models of Amp's routes are served by the other accounts.</summary>
internal sealed class AmpRequests : IRequestBuilder
{
    /// <inheritdoc/>
    public BuiltRequest? Build(UpstreamCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (call.Operation != UpstreamOperation.Generate) return null;
        throw new WireException(new WireError(ErrorKind.NotFound, $"The model '{call.Model.Id}' is not served by '{call.Account.Label}': an account of Amp serves no models."));
    }
}
