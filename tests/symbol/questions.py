"""What the reference was asked about symbols: a topic is a list of lines, see `tests.symbol.ask`."""

# ruff: noqa: E501

QUESTIONS = {
    "automatic names": r"""
    ! x=S.Variable('x'); y=S.Variable('y')
    (S.elemwise_add(x,y)).name
    (S.broadcast_plus(x,y)).name
    (S.broadcast_add(x,y)).name
    (x+y).name
    (x-y).name
    (x*y).name
    (x/y).name
    (x%y).name
    (x**y).name
    (x>y).name
    (x>=y).name
    (x<y).name
    (x<=y).name
    (x==y).name
    (x!=y).name
    (x+1).name
    (1+x).name
    (x-1).name
    (1-x).name
    (x*2).name
    (2*x).name
    (x/2).name
    (2/x).name
    (x%2).name
    (2%x).name
    (x**2).name
    (2**x).name
    (-x).name
    (x>1).name
    (x>=1).name
    (x<1).name
    (x<=1).name
    (x==1).name
    (x!=1).name
    (1>x).name
    (1<x).name
    (1>=x).name
    (1<=x).name
    (1==x).name
    (1!=x).name
    (abs(x)).name
    (S.maximum(x,y)).name
    (S.maximum(x,1)).name
    (S.maximum(1,x)).name
    (S.minimum(x,y)).name
    (S.minimum(x,2)).name
    (S.minimum(2,x)).name
    (S.power(x,y)).name
    (S.power(x,2)).name
    (S.power(2,x)).name
    (S.pow(2,x)).name
    (S.hypot(x,y)).name
    (S.hypot(x,2)).name
    (S.hypot(2,x)).name
    (S.ones((1,))).name
    (S.zeros((1,))).name
    (S.full((1,),2)).name
    (S.arange(3)).name
    (S.linspace(0,1,5)).name
    (S.eye(3)).name
    (S.histogram(x,bins=3,range=(0,1))).name
    (S.split_v2(x,2)).name
    (S.split_v2(x,(1,2))).name
    (S.Concat(x,y)).name
    (S.concat(x,y)).name
    (S.stack(x,y)).name
    (S.add_n(x,y)).name
    (S.ElementWiseSum(x,y)).name
    (S.split(x,num_outputs=2)).name
    (S.SliceChannel(x,num_outputs=2)).name
    (S.reshape(x,shape=(1,))).name
    (S.Reshape(x,shape=(1,))).name
    (S.flatten(x)).name
    (S.Flatten(x)).name
    (S.sum(x)).name
    (S.sum_axis(x)).name
    (S.identity(x)).name
    (S.BlockGrad(x)).name
    (S.stop_gradient(x)).name
    (S.cast(x,dtype='int32')).name
    (S.Cast(x,dtype='int32')).name
    (S.swapaxes(x,dim1=0,dim2=1)).name
    (S.SwapAxis(x)).name
    (S.elemwise_sub(x,y)).name
    (S.make_loss(x)).name
    (S.MakeLoss(x)).name
    (S.LinearRegressionOutput(x)).name
    (S.Softmax(x)).name
    (S.softmax(x)).name
    (S.Embedding(x,input_dim=2,output_dim=2)).name
    (S.Dropout(x)).name
    (S.contrib.box_nms(x)).name
    (x[0]).name
    (x.sum()).name
    (x.flatten()).name
    (x.reshape((1,2))).name
    (x.astype('int32')).name
    (x.swapaxes(0,1)).name
    (x.split(num_outputs=2)).name
    (x.slice_axis(axis=0,begin=0,end=1)).name
    (x.expand_dims(0)).name
    (x.detach()).name
    (S.Pooling(x,kernel=(2,2))).name
    (S.Pooling_v1(x,kernel=(2,2))).name
    (S.Convolution_v1(x,kernel=(2,2),num_filter=1)).name
    (S.crop(x,begin=(0,),end=(1,))).name
    (S.slice(x,begin=(0,),end=(1,))).name
    (S.SoftmaxActivation(x)).name
    (S.choose_element_0index(x,y)).name
    (S.where(x,x,y)).name
    (S.one_hot(x,depth=3)).name
    (S.max(x)).name
    (S.max_axis(x)).name
    (S.broadcast_axis(x)).name
    (S.broadcast_axes(x)).name
    (S.logical_not(x)).name
    (S.mod(x,y)).name
    (S.modulo(x,y)).name
    (S.divide(x,y)).name
    (S.add(x,y)).name
    (S.subtract(x,y)).name
    (S.multiply(x,y)).name
    (S.equal(x,y)).name
    (S.greater(x,1)).name
    (S.true_divide(x,y)).name
    (S.logical_and(x,y)).name
    (S.logical_and(x,1)).name
    (S.logical_xor(1,x)).name
    (S.concatenate([x,y])).name
    ! x=S.Variable('x')
    S.SliceChannel(x, num_outputs=1, name='a').list_outputs()
    S.split(x, num_outputs=1, name='a').list_outputs()
    S.split_v2(x, 1).list_outputs()
    S.split_v2(x, ()).list_outputs()
    S.amp_multicast(x, num_outputs=1, name='a').list_outputs()
    S.RNN(x, state_size=2, num_layers=1, mode='gru', state_outputs=True, name='a').list_outputs()
    S.Concat(x, name='a').list_outputs()
    S.contrib.bipartite_matching(x, threshold=1, name='a').list_outputs()
    S.sample_multinomial(x, name='a').list_outputs()
    S.SliceChannel(x, num_outputs=2, name='a')[0].list_outputs()
    """,
    "attributes": r"""
    ! x=S.Variable('x')
    ! sc=mx.AttrScope
    within(lambda: S.Variable('v').list_attr(), sc(a='1',ctx_group='g'))
    within(lambda: sorted(S.Variable('v',attr={'a':'2'}).list_attr().items()), sc(a='1',ctx_group='g'))
    within(lambda: sorted(S.Variable('v').list_attr().items()), sc(a='1',b='1'), sc(a='2',c='3'))
    within(lambda: sorted(S.exp(x,name='e').list_attr().items()), sc(a='1',lr_mult='g',__foo__='3'))
    within(lambda: sorted(S.exp(x,name='e',attr={'a':'5','__bar__':'1'}).list_attr().items()), sc(a='1',lr_mult='g',__foo__='3'))
    sc(a=1)
    sc(a=None)
    sc(**{'__a__':'x'}).get(None)
    sc(a='1').get({'a':'2','b':'3'})
    sc().get(None)
    sc().get({})
    sc(ctx_group='x').get(None)
    sc(a='b')._attr
    mx.AttrScope.current.get(None)
    mx.AttrScope._current.value.get(None)
    within(lambda: mx.AttrScope.current.get(None), sc(a='1'), sc(b='1'))
    S.Variable('v', attr={'a': 1})
    S.Variable('v', attr={1: 'a'}).list_attr()
    S.Variable('v', attr='a')
    S.Variable('v', attr={})
    S.Variable('v', attr={}).list_attr()
    S.Variable('v', shape=(1,2)).list_attr()
    S.Variable('v', shape=[1,2]).list_attr()
    S.Variable('v', shape=()).list_attr()
    S.Variable('v', shape=(1,)).list_attr()
    S.Variable('v', shape=3).list_attr()
    S.Variable('v', shape='(2,3)').list_attr()
    S.Variable('v', shape=(np.int64(2),3)).list_attr()
    S.Variable('v', shape=(2.5,3)).list_attr()
    S.Variable('v', shape=(-1,3)).list_attr()
    S.Variable('v', shape=(0,3)).list_attr()
    S.Variable('v', shape=(2,None)).list_attr()
    S.Variable('v', lr_mult=2).list_attr()
    S.Variable('v', lr_mult=2.5, wd_mult=0).list_attr()
    S.Variable('v', lr_mult='a').list_attr()
    S.Variable('v', dtype='float16').list_attr()
    S.Variable('v', dtype=np.float16).list_attr()
    S.Variable('v', dtype=np.dtype('int8')).list_attr()
    S.Variable('v', dtype=float).list_attr()
    S.Variable('v', dtype=int).list_attr()
    S.Variable('v', dtype=bool).list_attr()
    S.Variable('v', dtype='bool').list_attr()
    S.Variable('v', dtype='bfloat16').list_attr()
    S.Variable('v', dtype='float33').list_attr()
    S.Variable('v', dtype='int16').list_attr()
    S.Variable('v', init='zeros').list_attr()
    S.Variable('v', stype='row_sparse').list_attr()
    S.Variable('v', stype='csr').list_attr()
    S.Variable('v', stype='default').list_attr()
    S.Variable('v', stype='undefined').list_attr()
    S.Variable('v', foo='1').list_attr()
    S.Variable('v', __foo__='1').list_attr()
    S.Variable('v', __foo__=1).list_attr()
    S.Variable('v', __foo='1').list_attr()
    S.Variable('v', __lr_mult__='1').list_attr()
    S.Variable('v', __shape__='(1,2)').list_attr()
    S.Variable('v', __shape__=(1,2)).list_attr()
    S.Variable('v', attr={'__shape__':'(1,2)'}, shape=(3,)).list_attr()
    S.Variable('v', attr={'__lr_mult__':'1'}, lr_mult=(3)).list_attr()
    S.Variable('v', profiler_scope='s').list_attr()
    S.Variable(name='v', attr=None).list_attr()
    S.Variable(3)
    S.Variable(None)
    S.Variable()
    S.Variable('')
    S.Variable(np.str_('v')).name
    S.Variable('a b/ü').name
    S.var('v').name
    S.Variable is S.var
    S.exp(x, attr={'a': 1})
    S.exp(x, attr={'a': '1'}).list_attr()
    S.exp(x, attr={'lr_mult': '1'}).list_attr()
    S.exp(x, attr='a')
    S.exp(x, attr={}).list_attr()
    S.exp(x, __foo__='1').list_attr()
    S.exp(x, __foo__=1).list_attr()
    S.exp(x, __lr_mult__='1').list_attr()
    S.exp(x, lr_mult='1').list_attr()
    S.exp(x, foo='1').list_attr()
    S.exp(x, attr={'foo':'1'}).list_attr()
    S.FullyConnected(x, num_hidden=3, attr={'num_hidden':'4'}).list_attr()
    S.FullyConnected(x, num_hidden=3, name='fc', attr={'__a__':'4','k':'v'}).attr_dict()
    S.FullyConnected(x, num_hidden='3').list_attr()
    S.FullyConnected(x, num_hidden=3, no_bias=True, flatten=False).list_attr()
    S.FullyConnected(x, num_hidden=3, no_bias=1).list_attr()
    S.FullyConnected(x, num_hidden=3, no_bias='true').list_attr()
    S.FullyConnected(x, num_hidden=np.int64(3)).list_attr()
    S.FullyConnected(x, num_hidden=3.0).list_attr()
    S.FullyConnected(x, num_hidden=True).list_attr()
    S.clip(x, a_min=0, a_max=6.0).list_attr()
    S.clip(x, 0, 6).list_attr()
    S.Activation(x, 'relu').list_attr()
    S.Activation(x, act_type='relu').list_attr()
    S.Activation(x, 'relu', name='n').name
    S.BatchNorm(x, name='bn', fix_gamma=False, eps=1e-3).attr_dict()
    S.BatchNorm(x, name='bn').attr_dict()
    S.BatchNorm(x, S.Variable('g', lr_mult=3), name='bn', attr={'__q__':'1'}).attr_dict()
    ! e=S.exp(x,name='e')
    e.attr('a')
    e._set_attr(a='1')
    e.list_attr()
    e._set_attr(a=1)
    e._set_attr(**{'__lr_mult__':'2'})
    e._set_attr(ctx_group='2')
    e._set_attr()
    e._set_attr('a')
    e.attr('')
    e.list_attr(recursive=True)
    S.Group([x,e]).list_attr()
    S.Group([x,e]).attr('a')
    S.Group([x,e])._set_attr(a='1')
    S.Group([x,x]).attr('a')
    S.Group([x,e]).attr_dict()
    S.Group([e,e])._set_attr(zz='1')
    S.Group([e,e]).name
    S.Group([e,e]).list_attr()
    S.Group([e]).name
    S.Group([e]).list_attr()
    S.Group([S.Group([e,x]),e]).list_outputs()
    x.attr_dict()
    S.Variable('').attr_dict()
    (S.Variable('d',__a__='1')+S.Variable('d',__a__='2')).attr_dict()
    """,
    "attributes of operators": r"""
    ! x=S.Variable('x')
    ! sc=mx.AttrScope
    S.FullyConnected(x, num_hidden=3, name='f', lr_mult=2).attr_dict()
    S.FullyConnected(x, num_hidden=3, name='f', attr={'lr_mult':'2'}).attr_dict()
    S.FullyConnected(x, num_hidden=3, name='f', weight_lr_mult=2).attr_dict()
    S.FullyConnected(x, num_hidden=3, name='f', attr={'weight_lr_mult':'2'}).attr_dict()
    S.FullyConnected(x, num_hidden=3, name='f', weight_wd_mult=2).tojson()
    S.FullyConnected(x, num_hidden=3, name='f', foo_lr_mult=2).attr_dict()
    S.FullyConnected(x, S.Variable('w'), num_hidden=3, name='f', weight_lr_mult=2).attr_dict()
    S.FullyConnected(x, num_hidden=3, name='f', ctx_group='a').attr_dict()
    S.FullyConnected(x, num_hidden=3, name='f', force_mirroring=True).attr_dict()
    S.FullyConnected(x, num_hidden=3, name='f', mirror_stage='1').attr_dict()
    S.FullyConnected(x, num_hidden=3, name='f', wd_mult='1').attr_dict()
    S.FullyConnected(x, num_hidden=3, name='f', __foo__=1).attr_dict()
    S.FullyConnected(x, num_hidden=3, name='f', __layout__='NC').attr_dict()
    S.FullyConnected(x, num_hidden=3, name='f', inverse=1).attr_dict()
    within(lambda: S.FullyConnected(x, num_hidden=3, name='f').attr_dict(), sc(a='1'))
    within(lambda: S.FullyConnected(x, num_hidden=3, name='f').attr_dict(), sc(num_hidden='7'))
    within(lambda: S.Activation(x, name='f').attr_dict(), sc(act_type='tanh'))
    within(lambda: (x+1).attr_dict(), sc(a='1'))
    within(lambda: (x+1).attr_dict(), sc(__a__='1'))
    within(lambda: (x+x).attr_dict(), sc(a='1'))
    within(lambda: (x==x).attr_dict(), sc(__a__='1'))
    within(lambda: x.exp().attr_dict(), sc(__a__='1'))
    within(lambda: x.sum().attr_dict(), sc(__a__='1', ctx_group='b'))
    within(lambda: S.zeros((2,)).attr_dict(), sc(__a__='1', ctx_group='b'))
    within(lambda: S.arange(2).attr_dict(), sc(__a__='1', ctx_group='b'))
    within(lambda: S.Concat(x,x).attr_dict(), sc(__a__='1', ctx_group='b'))
    within(lambda: S.maximum(x,1).attr_dict(), sc(__a__='1', ctx_group='b'))
    within(lambda: S.split_v2(x,2).attr_dict(), sc(__a__='1', ctx_group='b'))
    ! f=S.FullyConnected(x, num_hidden=3, name='f')
    f._set_attr(foo='1')
    f._set_attr(num_hidden='5')
    S.LeakyReLU(x, act_type='prelu', name='l').attr_dict()
    S.Embedding(x, input_dim=2,output_dim=3, name='l').attr_dict()
    S.Embedding(x, input_dim=2,output_dim=3, sparse_grad=True, name='l').attr_dict()
    S.InstanceNorm(x, name='l').attr_dict()
    S.LayerNorm(x, name='l').attr_dict()
    S.GroupNorm(x, name='l').attr_dict()
    S.SoftmaxOutput(x, name='l').attr_dict()
    S.RNN(x, state_size=2,num_layers=1,mode='lstm', name='l').attr_dict()
    S.BatchNorm_v1(x, name='l').attr_dict()
    S.IdentityAttachKLSparseReg(x, name='l').attr_dict()
    S.CTCLoss(x, name='l').attr_dict()
    S.SVMOutput(x, name='l').attr_dict()
    S.Convolution(x, kernel=(3,3), num_filter=2).attr('kernel')
    S.Convolution(x, kernel=[3,3], num_filter=2).attr('kernel')
    S.Convolution(x, kernel=(3,3), num_filter=2).attr_dict()
    S.Convolution(x, kernel='(3,3)', num_filter=2).attr('kernel')
    S.sum(x, axis=1).attr('axis')
    S.sum(x, axis=(1,)).attr('axis')
    S.sum(x, axis=[1,2]).attr('axis')
    S.sum(x, axis=None).list_attr()
    S.sum(x, None).list_attr()
    S.sum(x, ()).list_attr()
    S.transpose(x, axes=()).list_attr()
    S.sum(x, 1, True).list_attr()
    S.slice(x, begin=(None,1), end=(None,2)).list_attr()
    S.slice(x, begin=(0,), end=(1,), step=None).list_attr()
    S.Dropout(x, p=np.float32(0.3)).list_attr()
    S.Dropout(x, p=0.1+0.2).list_attr()
    S.Dropout(x, p=np.float64(0.3)).list_attr()
    S.Dropout(x, p=1e-20).list_attr()
    S.clip(x, a_min=float('-inf'), a_max=np.inf).list_attr()
    S.cast(x, dtype=np.float16).list_attr()
    S.cast(x, dtype='float16').list_attr()
    S.cast(x, dtype=np.dtype('int8')).list_attr()
    S.cast(x, dtype=float).list_attr()
    S.one_hot(x, depth=3, dtype=np.int32).list_attr()
    S.zeros((2,3),dtype=np.float16).list_attr()
    S.zeros(3).list_attr()
    S.zeros([3,2]).list_attr()
    S.zeros('3').list_attr()
    S.zeros((2,3), ctx='gpu').list_attr()
    S.zeros((2,3), ctx=mx.cpu()).list_attr()
    S.zeros(shape=(0,3), name='z').list_attr()
    S.ones((2,3), dtype='int32', name='o', attr={'__a__':'1'}).list_attr()
    S.full((2,3), 2).list_attr()
    S.full((2,3), 2.5, dtype='float16').list_attr()
    S.arange(5).list_attr()
    S.arange(1, 5, 2, repeat=2).list_attr()
    S.arange(5, infer_range=True).list_attr()
    S.arange(5.5, dtype=np.int32, name='q').list_attr()
    S.linspace(0, 1, 5).list_attr()
    S.linspace(0, 1, 5, endpoint=False, dtype='float64').list_attr()
    S.eye(3).list_attr()
    S.eye(3, 4, 1, dtype='int32').list_attr()
    S.histogram(x, bins=3, range=(0,1)).list_attr()
    S.histogram(x, bins=3, range=[0,1.5]).list_attr()
    S.histogram(x, bins=3)
    S.histogram(x, bins=S.Variable('b')).list_attr()
    S.histogram(x, bins=S.Variable('b')).list_arguments()
    S.histogram(x, bins='a')
    S.histogram(x, bins=3.5, range=(0,1))
    S.split_v2(x, 2).list_attr()
    S.split_v2(x, (1,2)).list_attr()
    S.split_v2(x, [1,2], axis=1, squeeze_axis=True).list_attr()
    S.split_v2(x, 2.5)
    S.split_v2(x, 'a')
    S.split_v2(x, 3).list_outputs()
    S.split_v2(x, (1,2)).list_outputs()
    S.power(2, 3)
    S.power('a', 3)
    S.maximum(2, 3)
    S.maximum(2, x).list_attr()
    S.minimum(2, 3)
    S.minimum(2.5, x).list_attr()
    S.hypot(3, 4)
    S.hypot(3, x).list_attr()
    S.hypot(3, 'a')
    S.power(2, x).list_attr()
    S.power(x, np.float32(2)).list_attr()
    S.power(x, True).list_attr()
    S.maximum(x, nd.ones((2,)))
    S.maximum(x, None)
    """,
    "structure": r"""
    ! x=S.Variable('x'); y=S.Variable('y')
    ! fc=S.FullyConnected(x,num_hidden=3,name='fc'); e=S.exp(fc,name='e')
    ! sp=S.split(x,num_outputs=3,name='sp'); bn=S.BatchNorm(fc,name='bn'); g=S.Group([bn,fc,sp])
    x.name
    e.name
    g.name
    sp.name
    sp[1].name
    sp[1]
    sp[1:3]
    sp[::2].list_outputs()
    sp[5:9]
    sp[::-1].list_outputs()
    sp[-1]
    sp[-4]
    sp[3]
    sp['sp_output1']
    sp['sp_output']
    sp['sp']
    sp[1.0]
    sp[None]
    sp[np.int64(1)]
    sp[True]
    sp[(0,1)]
    sp[[0,1]]
    x['x']
    x[0]
    x[0:1]
    x[1]
    x['']
    g['fc_output']
    g['sp_output0']
    g['bn_output']
    S.Group([x,x])['x']
    S.Group([fc,fc])['fc_output']
    S.Group([S.Variable('x'),x])['x']
    len(g)
    len(x)
    len(S.Group([g,g]))
    [s.name for s in g]
    [s.list_outputs() for s in g]
    list(x)
    next(iter(sp)).list_outputs()
    tuple(sp)[2].list_outputs()
    e.list_arguments()
    e.list_outputs()
    e.list_auxiliary_states()
    bn.list_auxiliary_states()
    bn.list_inputs()
    bn.list_arguments()
    g.list_inputs()
    S.Group([y,x]).list_arguments()
    (x+x).list_arguments()
    (S.Variable('x')+S.Variable('x')).list_arguments()
    (S.Variable('x')+S.Variable('x')).list_inputs()
    e.get_internals().list_outputs()
    g.get_internals().list_outputs()
    e.get_internals()['fc_output'].list_arguments()
    e.get_internals()['fc']
    e.get_internals()[0]
    e.get_internals()
    bn.get_internals()
    x.get_internals()
    x.get_children()
    e.get_children()
    bn.get_children().list_outputs()
    g.get_children().list_outputs()
    sp.get_children()
    sp[1].get_children()
    S.Group([e,e]).get_children().list_outputs()
    S.Group([x,y]).get_children()
    S.Group([x,e]).get_children().list_outputs()
    S.Group([sp[0],sp[1]]).get_children().list_outputs()
    S.Group([sp[0],sp[1]]).name
    S.Group([sp[0],sp[1]])
    S.zeros((2,)).get_children()
    S.Group([])
    S.Group(())
    S.Group((x,y))
    S.Group({x:1} if False else [x, 1])
    S.Group(None)
    S.Group(i for i in [x,y])
    S.Group([x,[y]])
    S.Group([x,None])
    repr(x)
    repr(g)
    repr(sp)
    str(e)
    repr(S.Group([x,y]))
    bool(x)
    hash(x)
    x is x
    not x
    x in [x]
    x == x
    x != None
    x == None
    x == 'a'
    x in {1}
    copy.copy(e)
    copy.deepcopy(e)
    copy.copy(e).attr_dict()
    copy.deepcopy(g).list_outputs()
    pickle.loads(pickle.dumps(e))
    pickle.loads(pickle.dumps(g)).list_outputs()
    pickle.loads(pickle.dumps(x))
    pickle.loads(pickle.dumps(sp[1])).list_outputs()
    pickle.loads(pickle.dumps(S.Variable('q',shape=(2,3),lr_mult=2))).list_attr()
    len(pickle.dumps(e)) > 10
    e.gradient('x')
    e.foo
    e.asnumpy()
    e.asscalar()
    e.copy()
    e.backward()
    e.wait_to_read()
    e.as_nd_ndarray()
    e.detach()
    e.tojson(remove_amp_cast=False) == e.tojson()
    float(x)
    int(x)
    round(x)
    len(S.Group([x]))
    x.__class__.__name__
    isinstance(x, mx.sym.Symbol), isinstance(x, mx.symbol.Symbol)
    e(x=y)
    e(x=y).list_arguments()
    e(y).list_arguments()
    e()
    e(name='z')
    e(name='z').name
    e(x=y,name='z').list_outputs()
    e(x=y,name='z').get_internals().list_outputs()
    e(x=fc).list_arguments()
    e(x=sp)
    e(x=g)
    e(x=3)
    e(x=None)
    e(3)
    e(None)
    e(x,y)
    e(x, x=y)
    e(zz=y)
    e(x=y, zz=y)
    e(fc_weight=S.exp(y)).list_arguments()
    e(fc_weight=S.exp(y),x=S.exp(y)).list_arguments()
    bn(x=y).list_arguments()
    bn(bn_moving_mean=y).list_inputs()
    bn(bn_moving_mean=S.exp(y)).list_inputs()
    g(x=y).list_arguments()
    g(x=y,name='z').list_outputs()
    g(x=y,name='z')
    g(name='z').list_outputs()
    sp(x=y,name='z').list_outputs()
    sp[1](x=y,name='z').list_outputs()
    x(x=y)
    (S.Variable('x')+S.Variable('x'))(x=y).list_arguments()
    e(x=x).list_arguments()
    e(x=e).list_arguments()
    S.FullyConnected(num_hidden=3,name='q').list_arguments()
    S.FullyConnected(num_hidden=3,name='q')(q_data=y, name='r').list_arguments()
    S.FullyConnected(num_hidden=3,name='q')(q_data=y, name='r').list_outputs()
    S.FullyConnected(num_hidden=3,name='q')(y).list_arguments()
    S.FullyConnected(num_hidden=3,name='q')(data=y)
    S.exp()
    S.exp().list_arguments()
    S.exp(name='a').list_arguments()
    S.elemwise_add(x).list_arguments()
    S.elemwise_add(rhs=x, name='q').list_arguments()
    S.elemwise_add(None, x, name='q').list_arguments()
    """,
    "calls of operators": r"""
    ! x=S.Variable('x'); y=S.Variable('y'); z=S.Variable('z')
    S.FullyConnected(x, y, z, 3, True).list_attr()
    S.FullyConnected(x, y, None, 3, True).list_attr()
    S.FullyConnected(x, y, z, 3).list_attr()
    S.FullyConnected(x, None, None, 3, False, False).list_attr()
    S.FullyConnected(x, None, None, 3, False, False, 'nn').name
    S.FullyConnected(x, None, None, 3, False, False, 'nn', {'__a__':'1'}).list_attr()
    S.FullyConnected(x, None, None, 3, False, False, 'nn', None, None, 1)
    S.FullyConnected(x, 3)
    S.FullyConnected(x, 3, name='q')
    S.FullyConnected(x, num_hidden=3, no_bias=True, bias=y)
    S.FullyConnected(x, y, z, num_hidden=3, no_bias=True)
    S.FullyConnected(x, y, z, x, num_hidden=3)
    S.FullyConnected(x, data=y, num_hidden=3)
    S.FullyConnected(data=x, num_hidden=3, weight=None).list_arguments()
    S.FullyConnected(x, bias=z, num_hidden=3).list_arguments()
    S.FullyConnected(weight=y, num_hidden=3, name='q').list_arguments()
    S.FullyConnected(x, num_hidden=None)
    S.FullyConnected(x, num_hidden=3, no_bias=None)
    S.FullyConnected(x, num_hidden=3, out=None).list_arguments()
    S.FullyConnected(x, num_hidden=3, out=y).list_arguments()
    S.FullyConnected(x, num_hidden=3, dtype='float16').list_arguments()
    S.FullyConnected(x, num_hidden=3, name=None, attr=None).list_arguments()
    S.FullyConnected(S.Group([x,y]), num_hidden=3)
    S.FullyConnected([x], num_hidden=3)
    S.exp(x,y)
    S.exp(data=x).list_arguments()
    S.exp(x, data=x).list_arguments()
    S.exp(a=x)
    S.exp(1)
    S.exp('a')
    S.exp(np.ones(2))
    S.exp(nd.ones((2,)))
    S.exp([x])
    S.exp(x, None)
    S.exp(x, 'nm').name
    S.exp(x, 'nm', {'a':'b'}).list_attr()
    S.elemwise_add(x, y, 'nm').name
    S.elemwise_add(lhs=x, rhs=y, name='q').list_arguments()
    S.elemwise_add(rhs=x, lhs=y, name='q').list_arguments()
    S.elemwise_add(x, 1)
    S.broadcast_add(x, 1)
    S.broadcast_add(x, y, z)
    S.clip(x, 0, 1).list_attr()
    S.clip(x, 0)
    S.clip(x, a_max=1, a_min=0).list_attr()
    S.clip(0, 1)
    S.sum(x, 1).list_attr()
    S.sum(x, 1, axis=2)
    S.Activation(x, act_type='relu', actype='a')
    S.Activation(x, 'foo')
    S.Activation()
    S.Activation(act_type='relu').list_arguments()
    S.Activation('relu')
    S.Concat(x, y).list_attr()
    S.Concat(x, y, dim=0).list_attr()
    S.Concat([x, y]).list_attr()
    S.Concat(*[x,y], name='c').list_arguments()
    S.Concat(x, y, num_args=2).list_attr()
    S.Concat(x, y, num_args=3, name='c').list_arguments()
    S.Concat(x, y, num_args=1, name='c')
    S.Concat(num_args=2, name='c').list_arguments()
    S.Concat(name='c')
    S.Concat(arg0=x, arg1=y, num_args=2, name='c').list_arguments()
    S.Concat(arg0=x, arg1=y, name='c').list_arguments()
    S.Concat(arg1=x, num_args=2, name='c').list_arguments()
    S.Concat(x, arg1=y, num_args=2, name='c').list_arguments()
    S.Concat(x, arg1=y, name='c').list_arguments()
    S.Concat(data=x, name='c')
    S.Concat(x, 3)
    S.Concat(x, None, name='c')
    S.Concat(x, y, 1)
    S.Concat(x, foo=3)
    S.Concat(x, lr_mult=3).list_attr()
    S.Concat(x, __a__=3).list_attr()
    S.Concat(x, y, attr={'__a__':'3'}).list_attr()
    S.Concat(S.split(x,num_outputs=2), name='c')
    S.Concat(*S.split(x,num_outputs=2), name='c').list_arguments()
    S.add_n(x, y, z).list_attr()
    S.add_n(x).list_attr()
    S.add_n()
    S.add_n(x, name='q').name
    S.stack(x, y, axis=1).list_attr()
    S.stack(x, y, axis=1, num_args=2).list_attr()
    S.ElementWiseSum(x, y, name='e').list_arguments()
    S.ElementWiseSum(*[x, y], name='e').list_attr()
    S.UpSampling(x, scale=2, sample_type='nearest').list_attr()
    S.UpSampling(x, y, scale=2, sample_type='bilinear', num_args=2, name='u').list_arguments()
    S.UpSampling(x, scale=2, sample_type='bilinear', num_args=2, num_filter=3, name='u').list_arguments()
    S.UpSampling(x, scale=2, sample_type='bilinear', num_filter=3, name='u').list_arguments()
    S.Crop(x, y, num_args=2, name='u').list_arguments()
    S.Crop(x, num_args=1, h_w=(2,2), name='u').list_arguments()
    S.Crop(x, h_w=(2,2), name='u').list_arguments()
    S.Crop(*[x,y], name='u').list_arguments()
    S.khatri_rao(x,y, name='u').list_attr()
    S.multi_sum_sq(x,y,num_arrays=2, name='u').list_arguments()
    S.multi_sum_sq(x,y, name='u').list_arguments()
    S.amp_multicast(x,y,num_outputs=2, name='u').list_outputs()
    S.amp_multicast(x,y, name='u').list_outputs()
    S.SliceChannel(x, 3).list_outputs()
    S.SliceChannel(x, num_outputs=3, axis=1, squeeze_axis=True).list_outputs()
    S.SliceChannel(x, num_outputs=1).list_outputs()
    S.SliceChannel(x, num_outputs=0)
    S.BatchNorm(x, name='b').list_outputs()
    S.BatchNorm(x, output_mean_var=True, name='b').list_outputs()
    S.LayerNorm(x, output_mean_var=True, name='b').list_outputs()
    S.topk(x, ret_typ='both', name='b').list_outputs()
    S.topk(x, ret_typ='mask', name='b').list_outputs()
    S.Dropout(x, name='b').list_outputs()
    S.RNN(x, state_size=2,num_layers=1,mode='lstm',state_outputs=True, name='b').list_outputs()
    S.LeakyReLU(x, y, act_type='prelu').list_arguments()
    S.LeakyReLU(x, y, act_type='leaky').list_arguments()
    S.LeakyReLU(x, gamma=y, act_type='leaky').list_arguments()
    S.Embedding(x, y, 3, 4).list_attr()
    S.Embedding(x, input_dim=3, output_dim=4, weight=y).list_arguments()
    S.SoftmaxOutput(x).list_arguments()
    S.SoftmaxOutput(x, name='s').list_arguments()
    S.SoftmaxOutput(x, y, name='s').list_arguments()
    S.SequenceMask(x, y, name='s')
    S.SequenceMask(x, y, use_sequence_length=True, name='s').list_arguments()
    S.CTCLoss(x, y, name='s').list_arguments()
    S.CTCLoss(x, y, z, name='s').list_arguments()
    S.CTCLoss(x, y, use_data_lengths=True, name='s').list_arguments()
    S.CTCLoss(x, y, label_lengths=z, use_label_lengths=True, name='s').list_arguments()
    S.Convolution(x, kernel=(3,3), num_filter=2, no_bias=True, name='c').list_arguments()
    S.Deconvolution(x, kernel=(3,3), num_filter=2, name='c').list_arguments()
    S.Deconvolution(x, kernel=(3,3), num_filter=2, no_bias=False, name='c').list_arguments()
    S.RNN(x, y, z, state_size=2,num_layers=1,mode='gru', name='b').list_arguments()
    S.where(x, y, z).list_arguments()
    S.where(condition=x, x=y, y=z).list_arguments()
    S.take(x, y, 1).list_attr()
    S.pick(x, y, axis=1).list_arguments()
    S.dot(x, y, True).list_attr()
    S.transpose(x, (1,0)).list_attr()
    S.reshape(x, (1,2)).list_attr()
    S.reshape(x, shape=(1,2)).list_attr()
    S.reshape(x, shape=5).list_attr()
    S.Reshape(x, target_shape=(1,2)).list_attr()
    S.op.exp(x).name
    S._internal._plus_scalar(x, scalar=2).name
    S._internal._PlusScalar(x, scalar=2).name
    S._internal._PlusScalar(x, 2).list_attr()
    S._internal._plus_scalar(x).list_attr()
    S.contrib.exp
    S.sparse.dot(x,y).name
    S.sparse.FullyConnected(x,num_hidden=2).name
    S.nosuch
    S.exp.__name__
    S.FullyConnected.__name__
    x.exp.__name__
    mx.sym.exp is mx.symbol.exp
    """,
    "arithmetic": r"""
    ! x=S.Variable('x'); y=S.Variable('y')
    x+1
    (x+1).list_attr()
    (x+1.0).list_attr()
    (x+True).list_attr()
    (x+np.float32(1.5)).list_attr()
    (x+np.float64(0.1)).list_attr()
    (x+np.int64(2)).list_attr()
    (x+np.bool_(True)).list_attr()
    (x+np.ones(3))
    (x+nd.ones((3,)))
    (nd.ones((3,))+x)
    (np.ones(3)+x)
    (np.float32(1.5)+x).list_attr()
    (np.float64(1.5)-x).list_attr()
    (np.float64(1.5)/x).list_attr()
    (np.float64(1.5)**x).list_attr()
    (np.int64(2)*x).list_attr()
    (np.float32(2)>x).name
    (np.float32(2)==x).name
    x+1j
    x+'a'
    'a'+x
    x+None
    x+[1]
    [1]+x
    x-'a'
    x*'a'
    x/'a'
    x%'a'
    x**'a'
    x=='a'
    x!=None
    x>'a'
    None<x
    x+float('nan')
    (x+float('inf')).list_attr()
    (x+1e-45).list_attr()
    (x+10**30).list_attr()
    (x-0.0).list_attr()
    (x+(-0.0)).list_attr()
    (-x).list_attr()
    (+x)
    x@y
    x//2
    x//y
    2//x
    ~x
    x&y
    x|y
    x^y
    x<<1
    divmod(x,2)
    abs(x).list_arguments()
    round(x)
    pow(x,2).list_attr()
    pow(2,x).list_attr()
    pow(x,2,3)
    x.__div__(y)
    x.__rdiv__(2).list_attr()
    x.__radd__(2).list_attr()
    x.__rsub__(2).list_attr()
    x.__rsub__(y)
    x.__rmod__(y)
    x.__rtruediv__(y)
    x.__rpow__(y)
    x.__rpow__(2).name
    x.__mod__(2).list_attr()
    (x+y).tojson().count('elemwise_add')
    json.loads((x+y).tojson())['nodes'][2]
    json.loads((x-y).tojson())['nodes'][2]
    json.loads((x*y).tojson())['nodes'][2]
    json.loads((x/y).tojson())['nodes'][2]
    json.loads((x%y).tojson())['nodes'][2]
    json.loads((x**y).tojson())['nodes'][2]
    json.loads((x>y).tojson())['nodes'][2]
    json.loads((x==y).tojson())['nodes'][2]
    json.loads((x+2).tojson())['nodes'][1]
    json.loads((2-x).tojson())['nodes'][1]
    json.loads((2/x).tojson())['nodes'][1]
    json.loads((2**x).tojson())['nodes'][1]
    json.loads((2%x).tojson())['nodes'][1]
    json.loads((-x).tojson())['nodes'][1]
    json.loads((x>2).tojson())['nodes'][1]
    json.loads((2>x).tojson())['nodes'][1]
    json.loads(abs(x).tojson())['nodes'][1]
    json.loads(S.maximum(x,y).tojson())['nodes'][2]
    json.loads(S.hypot(x,y).tojson())['nodes'][2]
    json.loads(S.hypot(x,2).tojson())['nodes'][1]
    json.loads(S.power(2,x).tojson())['nodes'][1]
    S.Group([x,y])+1
    S.Group([x,y])+x
    S.split(x,num_outputs=2)+1
    x+S.split(x,num_outputs=2)
    S.split(x,num_outputs=2)[0]+1
    S.Group([x])+1
    np.sum(x)
    np.max(x)
    np.transpose(x)
    np.clip(x,0,1)
    np.isscalar(x)
    sum([x,y])
    sum([x,y]).list_arguments()
    max(x,y)
    S.sqrt(x)*2+1
    """,
    "scopes": r"""
    ! x=S.Variable('x')
    ! f=S.FullyConnected(x,num_hidden=3,name='f')
    f._set_attr(num_hidden='5')
    f.list_attr(), f.infer_shape(x=(2,2))
    ! N=mx.name.NameManager; P=mx.name.Prefix; A=mx.AttrScope
    ! exec("class Mine(N):\n def get(self,name,hint):\n  return 'M'+(name or hint)")
    within(lambda: S.exp(x).name, Mine())
    within(lambda: S.FullyConnected(x,num_hidden=1,name='q').list_arguments(), Mine())
    within(lambda: (x+1).name, Mine())
    within(lambda a: a is N.current, Mine())
    within(lambda a: a.get(None,'b'), P('q'))
    within(lambda a: [S.exp(x).name, within(lambda: S.exp(x).name, P('z')), S.exp(x).name], N())
    within(lambda a: a is A.current, A(a='1'))
    within(lambda a: a._attr, A(a='1'))
    within(lambda a,b: b._attr, A(a='1'), A(b='2'))
    S.exp(x).list_attr()
    [S.exp(x).name for _ in range(3)]
    within(lambda: elsewhere(lambda: S.exp(x).name), P('q'))
    within(lambda: elsewhere(lambda: S.exp(x).list_attr()), A(a='1'))
    [S.exp(x).name, elsewhere(lambda: S.exp(x).name), S.exp(x).name]
    elsewhere(lambda: [S.exp(x).name, S.exp(x).name])
    elsewhere(lambda: A.current.get(None))
    within(lambda: elsewhere(lambda: mx.util.is_np_shape()), mx.util.np_shape(True))
    isinstance(N.current, N)
    mx.attribute.AttrScope is mx.AttrScope
    """,
    "methods": r"""
    ! x=S.Variable('x'); y=S.Variable('y')
    x.reshape((1,2)).list_attr()
    x.reshape(1,2).list_attr()
    x.reshape([1,2]).list_attr()
    x.reshape(shape=(1,2)).list_attr()
    x.reshape(-1).list_attr()
    x.reshape((0,-1), reverse=True).list_attr()
    x.reshape((0,-1), name='r').name
    x.reshape(foo=3)
    x.reshape((1,2), shape=(1,2))
    x.reshape('(1,2)').list_attr()
    x.transpose().list_attr()
    x.transpose((1,0)).list_attr()
    x.transpose(1,0).list_attr()
    x.transpose([1,0]).list_attr()
    x.transpose(axes=(1,0)).list_attr()
    x.transpose(None).list_attr()
    x.expand_dims(1).list_attr()
    x.expand_dims(axis=1).list_attr()
    x.expand_dims(1, inplace=True).list_attr()
    x.expand_dims()
    x.squeeze().list_attr()
    x.squeeze(1).list_attr()
    x.squeeze((0,1)).list_attr()
    x.squeeze(axis=None).list_attr()
    x.flatten().list_attr()
    x.flatten(inplace=True).list_attr()
    x.astype('int32').list_attr()
    x.astype(np.float16).list_attr()
    x.astype(dtype='int8').list_attr()
    x.astype()
    x.diag().list_attr()
    x.diag(1).list_attr()
    x.diag(k=-1).list_attr()
    x.split(2).list_attr()
    x.split(num_outputs=2, axis=0, squeeze_axis=True).list_attr()
    x.split_v2(2).list_attr()
    x.split_v2((1,), 1, True).list_attr()
    x.sum().list_attr()
    x.sum(1).list_attr()
    x.mean((0,1)).list_attr()
    x.max(1).list_attr()
    x.min().list_attr()
    x.prod().list_attr()
    x.nansum(1).list_attr()
    x.nanprod(1).list_attr()
    x.norm().list_attr()
    x.norm(ord=1).list_attr()
    x.norm(1).list_attr()
    x.argmax(1).list_attr()
    x.argmax_channel().list_attr()
    x.argsort().list_attr()
    x.argsort(1, False).list_attr()
    x.sort(0).list_attr()
    x.topk(k=2).list_attr()
    x.topk(1, 2).list_attr()
    x.clip(0,1).list_attr()
    x.clip(a_min=0,a_max=1).list_attr()
    x.take(y).list_arguments()
    x.take(y, 1).list_attr()
    x.take(indices=y, axis=1).list_attr()
    x.pick(y).list_arguments()
    x.pick(y, 1).list_attr()
    x.one_hot(5).list_attr()
    x.slice((0,),(1,)).list_attr()
    x.slice(begin=(0,None),end=(1,None),step=(1,2)).list_attr()
    x.slice_axis(0,1,2).list_attr()
    x.slice_like(y).list_arguments()
    x.slice_like(y, (0,)).list_attr()
    x.swapaxes(0,1).list_attr()
    x.swapaxes(dim1=0,dim2=1).list_attr()
    x.tile((2,)).list_attr()
    x.tile(reps=(2,1)).list_attr()
    x.repeat(2).list_attr()
    x.repeat(2,1).list_attr()
    x.pad(mode='constant', pad_width=(0,0,0,0,1,1,1,1)).list_attr()
    x.pad('edge', (0,0,0,0,1,1,1,1)).list_attr()
    x.flip(0).list_attr()
    x.flip(axis=(0,1)).list_attr()
    x.depth_to_space(2).list_attr()
    x.space_to_depth(2).list_attr()
    x.broadcast_to((2,3)).list_attr()
    x.broadcast_axes(0,2).list_attr()
    x.broadcast_axes(axis=(0,),size=(2,)).list_attr()
    x.broadcast_like(y).list_arguments()
    x.reshape_like(y).list_arguments()
    x.zeros_like().name
    x.ones_like().name
    x.shape_array().name
    x.size_array().name
    x.softmax().list_attr()
    x.softmax(axis=1).list_attr()
    x.log_softmax(axis=1).list_attr()
    x.softmin(axis=1).list_attr()
    x.abs().name
    x.relu(name='r').name
    x.sigmoid().name
    x.rint().name
    x.round().name
    x.exp(name='e', attr={'__a__':'1'}).list_attr()
    x.exp('nm').name
    S.Group([x,y]).exp()
    x.dot(y)
    x.T
    x.shape
    x.dtype
    x.size
    x.ndim
    x.context
    x.stype
    x.attach_grad()
    x.asnumpy()
    x.tostype('csr')
    """,
    "parameters": r"""
    ! x=S.Variable('x')
    nd.array(np.ones(2)).dtype
    nd.array(np.ones(2,'float16')).dtype
    nd.array(np.arange(2)).dtype
    nd.array([1,2]).dtype
    nd.array(nd.ones((2,),dtype='int32')).dtype
    S.transpose(x, axes=None).list_attr()
    S.Convolution(x, kernel=None, num_filter=2).list_attr()
    S.slice(x, begin=None, end=(1,)).list_attr()
    S.slice(x, begin=(1,), end=None).list_attr()
    S.broadcast_to(x, shape=None).list_attr()
    S.tile(x, reps=2).list_attr()
    S.Pooling(x, kernel=(2,2), pad=None).list_attr()
    S.Pooling(x, kernel=(2,2), pool_type=None).list_attr()
    S.Pooling(x, kernel=(2,2), layout=None).list_attr()
    S.cast(x, dtype=None)
    S.softmax(x, dtype=None).list_attr()
    S.softmax(x, temperature=None).list_attr()
    S.softmax(x, axis=None).list_attr()
    S.Dropout(x, p=None).list_attr()
    S.Dropout(x, axes=None).list_attr()
    S.Dropout(x, mode=None).list_attr()
    S.squeeze(x, axis=None).list_attr()
    S.argmax(x, axis=None).list_attr()
    S.clip(x, a_min=None, a_max=1).list_attr()
    S.repeat(x, repeats=2, axis=None).list_attr()
    S.topk(x, axis=None, k=2).list_attr()
    S.norm(x, axis=None).list_attr()
    S.random_uniform(0,1,None).list_attr()
    S.arange(3, dtype=None).list_attr()
    S.zeros((2,), dtype=None).list_attr()
    S.one_hot(x, 3, None).list_attr()
    S.one_hot(x, depth=None)
    S.sum(x, axis='').list_attr()
    S.sum(x, axis='()').list_attr()
    S.sum(x, axis='[1,2]').list_attr()
    S.sum(x, axis=' (1 , 2 ) ').list_attr()
    S.sum(x, axis=1.0)
    S.sum(x, axis=True)
    S.sum(x, axis=(1,True))
    S.sum(x, axis=(1.0,))
    S.Dropout(x, p='0.5').list_attr()
    S.Dropout(x, p=1).list_attr()
    S.Dropout(x, p=True)
    S.Dropout(x, p='abc')
    S.Dropout(x, p='0.5f').list_attr()
    S.FullyConnected(x,num_hidden=2**40)
    S.FullyConnected(x,num_hidden=2**70)
    S.FullyConnected(x,num_hidden=' 3 ').list_attr()
    S.FullyConnected(x,num_hidden='+3').list_attr()
    S.FullyConnected(x,num_hidden='3.0')
    S.FullyConnected(x,num_hidden='0x3')
    S.FullyConnected(x,num_hidden='1e2')
    S.FullyConnected(x,num_hidden='')
    S.Convolution(x, kernel='(3)', num_filter=2).list_attr()
    S.Convolution(x, kernel='3', num_filter=2).list_attr()
    S.Convolution(x, kernel='(3,3', num_filter=2)
    S.Convolution(x, kernel='(3,,3)', num_filter=2)
    S.Convolution(x, kernel='(3 3)', num_filter=2)
    S.Convolution(x, kernel='(3L,3L)', num_filter=2).list_attr()
    S.Convolution(x, kernel=(3.0,3), num_filter=2)
    S.Convolution(x, kernel=(np.int64(3),3), num_filter=2).list_attr()
    S.Convolution(x, kernel=(True,3), num_filter=2)
    S.Convolution(x, kernel=((3,3)), num_filter=2).list_attr()
    S.Convolution(x, kernel=((3,3),), num_filter=2)
    S.Activation(x, act_type=1)
    S.Activation(x, act_type=b'relu')
    S.Activation(x, act_type='RELU')
    S.Activation(x, act_type=' relu ')
    S.Activation(x, act_type=None)
    S.cast(x, dtype='float')
    S.cast(x, dtype='double')
    S.cast(x, dtype='int')
    S.cast(x, dtype=bool).list_attr()
    S.clip(x, a_min='0', a_max='1').list_attr()
    S.clip(x, a_min='-inf', a_max='nan').list_attr()
    S.clip(x, a_min=1e400, a_max=3).list_attr()
    S.clip(x, a_min=(1,), a_max=3)
    S.clip(x, a_min=[1], a_max=3)
    """,
    "shapes": r"""
    ! x=S.Variable('x'); y=S.Variable('y')
    ! fc=S.FullyConnected(x,num_hidden=3,name='fc'); e=S.exp(fc,name='e')
    ! bn=S.BatchNorm(fc,name='bn')
    ! V=S.Variable
    e.infer_shape(x=(2,4))
    e.infer_shape((2,4))
    e.infer_shape((2,4),None)
    e.infer_shape((2,4),(3,4),(3,))
    e.infer_shape((2,4),(3,4),(3,),(1,))
    e.infer_shape()
    e.infer_shape_partial()
    e.infer_shape_partial(x=(2,0))
    e.infer_shape_partial((2,0))
    e.infer_shape(x=(0,4))
    e.infer_shape_partial(x=(0,4))
    e.infer_shape(x=())
    e.infer_shape_partial(x=())
    e.infer_shape(x=[2,4])
    e.infer_shape(x=(2.0,4))
    e.infer_shape(x=('2',4))
    e.infer_shape(x='2')
    e.infer_shape(x=2)
    e.infer_shape(x=None)
    e.infer_shape(x=(2,-4))
    e.infer_shape(x=(2,-1))
    e.infer_shape_partial(x=(2,-1))
    e.infer_shape(x=(np.int64(2),4))
    e.infer_shape(x=(True,4))
    e.infer_shape(x=(2,None))
    e.infer_shape(zz=(2,4))
    e.infer_shape(x=(2,4),zz=(1,))
    e.infer_shape((2,4),x=(2,4))
    e.infer_shape('a')
    e.infer_shape(2)
    e.infer_shape(fc_weight=(3,4))
    e.infer_shape_partial(fc_weight=(3,4))
    e.infer_shape(e=(2,3))
    e.infer_shape(e_output=(2,3))
    e.infer_shape(x=(2,4),fc_weight=(3,5))
    e.infer_shape(x=(2,4),fc_weight=(3,))
    e.infer_shape(x=(2,4),fc_weight=(3,4,1))
    bn.infer_shape(x=(2,4))
    bn.infer_shape(x=(2,4),bn_moving_mean=(3,))
    bn.infer_shape(x=(2,4),bn_moving_mean=(4,))
    bn.infer_shape((2,4),None,None,(3,),(3,))
    bn.infer_shape((2,4),None,None,(3,),(3,),(3,),(3,))
    bn.infer_shape(bn_gamma=(3,))
    bn.infer_shape_partial(bn_gamma=(3,))
    S.Group([fc,x]).infer_shape(x=(2,4))
    S.Group([x,x]).infer_shape(x=(2,4))
    (V('x')+V('x')).infer_shape(x=(2,3))
    (V('x')+V('x')).infer_shape_partial(x=(2,3))
    (x+y).infer_shape(x=(2,3))
    (x+y).infer_shape(y=(2,3))
    (x+y).infer_shape(x=(2,0),y=(0,3))
    (x+y).infer_shape_partial(x=(2,0,0),y=(0,3,0))
    (x+y).infer_shape(x=(2,3),y=(3,2))
    (V('a',shape=(0,10))+V('b',shape=(12,0))).infer_shape()
    (V('a',shape=(0,10))+V('b')).infer_shape()
    (V('a',shape=(0,10))+V('b')).infer_shape_partial()
    (V('a',shape=(2,10))+V('b')).infer_shape()
    (V('a',shape=(2,10))+V('b')).infer_shape(a=(2,10))
    (V('a',shape=(2,10))+V('b')).infer_shape(a=(3,10))
    (V('a',shape=(2,10))+V('b')).infer_shape(b=(3,10))
    (V('a',shape=(2,0))+V('b')).infer_shape(a=(0,10))
    (V('a',shape='(2,10)')+V('b')).infer_shape()
    (V('a',shape=[2,10])+V('b')).infer_shape()
    (V('a',shape=3)+V('b')).infer_shape()
    (V('a',shape=())+V('b')).infer_shape()
    (V('a',shape=())+V('b')).infer_shape_partial()
    (V('a',__shape__='bad')+V('b')).infer_shape()
    (V('a',shape=(2.5,3))+V('b')).infer_shape()
    (V('a',shape=(2,-1))+V('b')).infer_shape_partial()
    S.zeros((2,3)).infer_shape()
    S.zeros((0,3)).infer_shape()
    S.zeros((0,3)).infer_shape_partial()
    (S.zeros((0,3))+x).infer_shape(x=(2,3))
    (S.zeros((0,3))+x).infer_shape_partial()
    (S.zeros(0)+x).infer_shape(x=(2,))
    (S.zeros(())+x).infer_shape(x=(2,3))
    S.FullyConnected(x,num_hidden=3,name='f',flatten=False).infer_shape(x=(2,3,4))
    (S.FullyConnected(x,num_hidden=3,name='f')+V('z',shape=(7,0))).infer_shape_partial()
    (S.FullyConnected(x,num_hidden=3,name='f')+V('z',shape=(7,3))).infer_shape_partial(x=(0,5))
    (S.FullyConnected(x,num_hidden=3,name='f')+V('z')).infer_shape_partial(x=(0,5),z=(7,0))
    (S.Reshape(x,shape=(0,-1))+V('z',shape=(7,6))).infer_shape_partial()
    (S.Reshape(x,shape=(0,-1))+V('z',shape=(7,6))).infer_shape_partial(x=(0,2,3))
    S.Reshape(x,shape=(-1,3)).infer_shape_partial(x=(0,2,3))
    S.Reshape(x,shape=(-1,3)).infer_shape(x=(4,2,3))
    S.Reshape(x,shape=(0,0,-1)).infer_shape_partial(x=(0,2,3,4))
    (S.transpose(x,axes=(1,0))+V('z',shape=(7,6))).infer_shape()
    (S.transpose(x)+V('z',shape=(7,6))).infer_shape()
    S.transpose(x).infer_shape_partial(x=(0,2))
    (S.exp(x)+V('z',shape=(7,6))).infer_shape()
    (S.broadcast_add(x,y)+V('z',shape=(7,6))).infer_shape_partial()
    S.broadcast_add(x,y).infer_shape_partial(x=(2,0))
    S.broadcast_add(x,y).infer_shape_partial(x=(2,0),y=(1,3))
    S.dot(x,y).infer_shape_partial(x=(2,0))
    S.dot(x,y).infer_shape_partial(x=(2,3),y=(0,4))
    S.Concat(x,y,dim=1).infer_shape_partial(x=(2,3))
    S.Concat(x,y,dim=1).infer_shape_partial(x=(2,3),y=(0,4))
    S.Concat(x,y,dim=0).infer_shape_partial(x=(2,0),y=(3,4))
    S.split(x,num_outputs=2).infer_shape(x=(2,4))
    (S.split(x,num_outputs=2,axis=1)[0]+V('z',shape=(3,2))).infer_shape()
    S.Convolution(x,kernel=(3,3),num_filter=4,name='c').infer_shape(x=(1,2,8,8))
    S.Convolution(x,kernel=(3,3),num_filter=4,name='c').infer_shape_partial(x=(1,2,0,8))
    S.Convolution(x,kernel=(3,3),num_filter=4,name='c').infer_shape_partial(x=(0,2,8,8))
    S.Convolution(x,kernel=(3,3),num_filter=4,name='c').infer_shape_partial(x=(0,0,8,8))
    S.Pooling(x,kernel=(2,2)).infer_shape_partial(x=(0,0,8,8))
    S.Embedding(x,input_dim=3,output_dim=4,name='e').infer_shape(x=(2,5))
    S.Embedding(x,input_dim=3,output_dim=4,name='e').infer_shape_partial()
    S.SoftmaxOutput(x,name='s').infer_shape(x=(2,5))
    S.SoftmaxOutput(x,name='s').infer_shape(s_label=(2,))
    S.SoftmaxOutput(x,name='s').infer_shape_partial(s_label=(2,))
    S.LeakyReLU(x,act_type='prelu',name='s').infer_shape(x=(2,5))
    S.sum(x).infer_shape(x=(2,5))
    S.sum(x,axis=1).infer_shape_partial(x=(0,5))
    S.sum(x,axis=0).infer_shape_partial(x=(0,5))
    S.Flatten(x).infer_shape_partial(x=(0,5,2))
    S.Flatten(x).infer_shape_partial(x=(2,0,2))
    x.infer_shape(x=(2,3))
    x.infer_shape()
    x.infer_shape_partial()
    V('x',shape=(2,3)).infer_shape()
    """,
    "types": r"""
    ! x=S.Variable('x'); y=S.Variable('y')
    ! fc=S.FullyConnected(x,num_hidden=3,name='fc'); e=S.exp(fc,name='e')
    ! bn=S.BatchNorm(fc,name='bn')
    ! V=S.Variable
    e.infer_type(x='float64')
    e.infer_type(x=np.float64)
    e.infer_type(x=np.dtype('float16'))
    e.infer_type('float64')
    e.infer_type(np.float64)
    e.infer_type('float64','float64')
    e.infer_type(None,'float64')
    e.infer_type()
    e.infer_type_partial()
    e.infer_type(x=None)
    e.infer_type(x=3)
    e.infer_type(x=0)
    e.infer_type(x='int16')
    e.infer_type(x=int)
    e.infer_type(x=float)
    e.infer_type(x='complex64')
    e.infer_type(zz='float32')
    e.infer_type(x='float32',fc_weight='float64')
    e.infer_type('float32','float32','float32','float32')
    e.infer_type('float32',x='float32')
    e.infer_type(fc_weight='float64')
    e.infer_type(fc_bias='float16')
    bn.infer_type(x='float16')
    bn.infer_type(x='float64')
    bn.infer_type_partial()
    bn.infer_type(bn_gamma='float32')
    bn.infer_type_partial(bn_gamma='float32')
    (x+y).infer_type(x='int32')
    (x+y).infer_type(y='int32')
    (x+y).infer_type(x='int32',y='float32')
    (x+1).infer_type(x='int32')
    (x>y).infer_type(x='int32')
    S.cast(x,dtype='float16').infer_type()
    S.cast(x,dtype='float16').infer_type_partial()
    S.cast(x,dtype='float16').infer_type(x='int8')
    S.Embedding(x,input_dim=3,output_dim=4,name='e').infer_type(x='int32')
    S.Embedding(x,input_dim=3,output_dim=4,name='e').infer_type()
    S.Embedding(x,input_dim=3,output_dim=4,dtype='float16',name='e').infer_type(x='int32')
    S.zeros((2,)).infer_type()
    S.zeros((2,),dtype='int8').infer_type()
    V('x',dtype='float16').infer_type()
    (V('x',dtype='float16')+y).infer_type()
    (V('x',dtype='float16')+y).infer_type(x='float32')
    (V('x',dtype='float16')+V('q',dtype='float32')).infer_type()
    (V('x',__dtype__='-1')+y).infer_type_partial()
    (V('x',__dtype__='bad')+y).infer_type_partial()
    S.Group([fc,x]).infer_type(x='float16')
    S.SoftmaxOutput(x,name='s').infer_type(x='float16')
    S.take(x,y).infer_type(x='float16')
    S.where(x,y,V('z')).infer_type(y='float16')
    S.where(x,y,V('z')).infer_type_partial(y='float16')
    S.argmax(x).infer_type(x='float16')
    S.one_hot(x,depth=3).infer_type(x='int32')
    """,
    "np_shape": r"""
    ! x=S.Variable('x'); y=S.Variable('y')
    ! fc=S.FullyConnected(x,num_hidden=3,name='fc'); e=S.exp(fc,name='e')
    ! bn=S.BatchNorm(fc,name='bn')
    ! V=S.Variable
    ! shaped = lambda f, on=True: within(f, mx.util.np_shape(on))
    shaped(lambda: e.infer_shape(x=(0,4)))
    shaped(lambda: e.infer_shape_partial(x=(2,-1)))
    shaped(lambda: e.infer_shape_partial(x=(-1,4)))
    shaped(lambda: e.infer_shape_partial())
    shaped(lambda: (x+y).infer_shape(x=()))
    shaped(lambda: (x+y).infer_shape(x=(0,)))
    shaped(lambda: (x+y).infer_shape(x=(0,3),y=(2,3)))
    shaped(lambda: (x+y).infer_shape(x=(-1,3),y=(2,3)))
    shaped(lambda: (x+y).infer_shape(x=(2,-2),y=(2,3)))
    shaped(lambda: (x+y).infer_shape_partial(x=None))
    shaped(lambda: (x+y).infer_shape(None,(2,)))
    shaped(lambda: (V('a',shape=(0,3))+y).infer_shape())
    shaped(lambda: (V('a',shape=())+y).infer_shape())
    shaped(lambda: (V('a',shape=(-1,3))+y).infer_shape_partial())
    shaped(lambda: S.zeros((0,3)).infer_shape())
    shaped(lambda: S.zeros(()).infer_shape())
    shaped(lambda: S.zeros((-1,3)).infer_shape_partial())
    shaped(lambda: S.sum(x).infer_shape(x=(2,3)))
    shaped(lambda: S.sum(x).infer_shape(x=()))
    shaped(lambda: S.sum(x,axis=0).infer_shape(x=(0,3)))
    shaped(lambda: S.Concat(x,y,dim=0).infer_shape(x=(0,3),y=(2,3)))
    shaped(lambda: S.broadcast_add(x,y).infer_shape(x=(),y=(2,3)))
    shaped(lambda: S.Reshape(x,shape=(0,3)).infer_shape(x=(2,3)))
    shaped(lambda: S.expand_dims(x,axis=0).infer_shape(x=()))
    shaped(lambda: mx.util.is_np_shape())
    mx.util.is_np_shape()
    mx.is_np_shape()
    mx.util.set_np_shape(True), mx.util.set_np_shape(False)
    mx.set_np_shape(0)
    mx.util.set_np_shape(2)
    shaped(lambda: shaped(lambda: mx.util.is_np_shape(), False))
    shaped(lambda: [shaped(lambda: 1, False), mx.util.is_np_shape()])
    mx.util.use_np_shape(lambda: mx.util.is_np_shape())()
    """,
}
