namespace Dragoman.Gateway.Flows;

/// <summary>Lets a few refused requests a second become flows: a scanner must not fill the store.</summary>
internal sealed class RefusalLimit(TimeProvider time, int perSecond)
{
    private readonly Lock _gate = new();
    private long _second;
    private int _taken;

    public bool TryTake()
    {
        var second = time.GetUtcNow().ToUnixTimeSeconds();
        lock (_gate)
        {
            if (second != _second) (_second, _taken) = (second, 0);
            return _taken++ < perSecond;
        }
    }
}
